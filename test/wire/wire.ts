import { randomBytes, randomUUID } from "node:crypto";
import { Configuration } from "../../provider/configuration";
import type { Host } from "../../provider/engine/host";
import { type Hooks, lifecycle } from "../../provider/engine/lifecycle";
import type { Operation } from "../../provider/engine/operation";
import { Transport } from "../../provider/transport/transport";
import type { CloudAccess } from "../cloud/officialClients";
import { CaptureServer } from "./captureServer";

/** One server, who calls it, and our side of it: the official clients take `access`. */
export interface Wire {
  readonly server: CaptureServer;
  /** Made for this run, and the same for both sides. */
  readonly access: CloudAccess;
  /** What our side is configured with; read at each call. */
  readonly environment: Record<string, string>;
  /** The hooks of an operation as they are: the real lifecycle over the real transport. */
  // biome-ignore lint/suspicious/noExplicitAny: hooks take any members
  hooksOf(operation: Operation<any, any>): Hooks;
  stop(): Promise<void>;
}

export async function openWire(): Promise<Wire> {
  const server = await CaptureServer.start();
  const access = accessTo(server.url);
  const { accessKeyId, accessKeySecret, regionId, subscriptionId } = access.identity;
  const environment: Record<string, string> = {
    PATCHBAY_RESOURCE_MANAGER_ENDPOINT: server.url,
    PATCHBAY_KVSTORE_ENDPOINT: server.url,
    PATCHBAY_AZURE_ACCESS_TOKEN: access.accessToken,
    ARM_SUBSCRIPTION_ID: subscriptionId,
    ALICLOUD_ACCESS_KEY: accessKeyId,
    ALICLOUD_SECRET_KEY: accessKeySecret,
    ALICLOUD_REGION: regionId,
  };
  const settings = new Configuration(() => undefined, environment);
  const transport = new Transport(settings);
  const host: Host = { callOf: () => undefined, canceled: new AbortController().signal, log: () => undefined };
  return {
    ...{ server, access, environment },
    hooksOf: (operation) => lifecycle(operation, { host, settings, carrier: () => transport }),
    stop: async () => {
      transport.close();
      await server.stop();
    },
  };
}

function accessTo(url: string): CloudAccess {
  return {
    url,
    accessToken: randomBytes(24).toString("base64url"),
    identity: {
      subscriptionId: randomUUID(),
      accessKeyId: `LTAI${randomBytes(10).toString("hex")}`,
      accessKeySecret: randomBytes(15).toString("base64url"),
      regionId: "cn-hangzhou",
    },
  };
}

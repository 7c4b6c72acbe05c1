import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenApiClient, { OpenApiRequest, Params } from "@alicloud/openapi-client";
import { DescribeInstanceAttributeRequest } from "@alicloud/r-kvstore20150101";
import { RuntimeOptions } from "@alicloud/tea-util";
import type { Fault } from "../cloud";
import { kvstoreClient, openApiSettings } from "../cloud/officialClients";
import { outcomeOf } from "../support/cells";
import { inOwnProcess } from "../support/ownProcess";
import { TransportBench } from "../support/transportBench";
import type { Row } from "./row";
import { countedEach } from "./words";
import { instanceId, inTurn, inWorld, type World } from "./world";

type Describe = (world: World) => Promise<unknown>;

const ACTION = "DescribeInstanceAttribute";
const shape = { action: ACTION, version: "2015-01-01", protocol: "HTTP", pathname: "/", method: "POST" };
const params = new Params({ ...shape, authType: "AK", style: "RPC", reqBodyType: "formData", bodyType: "json" });
const query = { InstanceId: instanceId };

const describeOurs: Describe = ({ cloud }) => {
  const bench = new TransportBench(cloud.environment);
  const { regionId } = cloud.identity;
  return bench.transport.send({ cloud: "alibaba", action: ACTION, regionId, query, repeat: "read" }, bench.options());
};
const describeKvstore: Describe = ({ cloud }) =>
  kvstoreClient(cloud).describeInstanceAttribute(new DescribeInstanceAttributeRequest({ instanceId }));
const describeOpenApi: Describe = ({ cloud }) =>
  new OpenApiClient(openApiSettings(cloud)).callApi(params, new OpenApiRequest({ query }), new RuntimeOptions({ autoretry: true }));

const transient: readonly Fault[] = [
  { mode: "answer", status: 503 },
  { mode: "answer", status: 400, code: "Throttling.User" },
  { mode: "reset" },
];

async function triesUntilItWorks(describe: Describe): Promise<string> {
  const cases = await inTurn(transient, (fault) =>
    inWorld(async (world) => {
      world.cloud.faults.add({ ...fault, action: ACTION });
      const end = await outcomeOf(describe(world));
      const nonces = new Set(world.cloud.requests.map(({ headers }) => headers["x-acs-signature-nonce"]));
      expect(nonces.size).toBe(world.cloud.requests.length);
      return { tries: nonces.size, isDone: "gave" in end };
    }),
  );
  const tries = cases.map((one) => one.tries);
  return `${countedEach(tries, "request")}, ${cases.filter(({ isDone }) => isDone).length} of ${cases.length} done`;
}

// A sign-in without keys, then the keys come. In a process of its own, whose environment and home folder hold nothing else.
const SIGN_IN_TWICE = `
  const Credential = require("@alicloud/credentials").default;
  const { Configuration } = require("./provider/configuration.ts");
  const { alibabaKeys } = require("./provider/transport/alibaba.ts");
  const { KEY_ID, KEY_SECRET } = process.env;
  const official = new Credential();
  const configuration = new Configuration(() => undefined, process.env);
  const ways = {
    ours: async () => alibabaKeys(configuration).accessKeyId,
    sdk: async () => (await official.getCredential()).accessKeyId,
    fresh: async () => (await new Credential().getCredential()).accessKeyId,
  };
  const signsIn = (way) => way().then((id) => id === KEY_ID, () => false);
  (async () => {
    const before = { ours: await signsIn(ways.ours), sdk: await signsIn(ways.sdk) };
    Object.assign(process.env, { ALIBABA_CLOUD_ACCESS_KEY_ID: KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY_SECRET });
    const after = { ours: await signsIn(ways.ours), sdk: await signsIn(ways.sdk), fresh: await signsIn(ways.fresh) };
    console.log(JSON.stringify({ before, after }));
  })();
`;

interface SignIns {
  readonly before: { readonly ours: boolean; readonly sdk: boolean };
  readonly after: { readonly ours: boolean; readonly sdk: boolean; readonly fresh: boolean };
}

async function signInTwice(): Promise<SignIns> {
  const home = mkdtempSync(join(tmpdir(), "patchbay-"));
  const [KEY_ID, KEY_SECRET] = [randomBytes(12).toString("hex"), randomBytes(18).toString("hex")];
  const quiet = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true", NODE_NO_WARNINGS: "1" };
  const printed = await inOwnProcess(SIGN_IN_TWICE, { HOME: home, USERPROFILE: home, ...quiet, KEY_ID, KEY_SECRET });
  rmSync(home, { recursive: true });
  return JSON.parse(printed) as SignIns;
}

function works(isSignedIn: boolean): string {
  return isSignedIn ? "signs in" : "still fails";
}

export const rows: readonly Row[] = [
  {
    number: 16,
    promise: "503, Throttling and a reset of Alibaba Cloud are tried again, with a nonce of its own each time",
    azapi: "–",
    measure: async () => {
      const found = {
        ours: await triesUntilItWorks(describeOurs),
        sdk: `r-kvstore: ${await triesUntilItWorks(describeKvstore)}; openapi-client with autoretry: ${await triesUntilItWorks(describeOpenApi)}`,
      };
      expect(found.ours).toBe("2 requests each, 3 of 3 done");
      return found;
    },
  },
  {
    number: 17,
    promise: "A sign-in to Alibaba Cloud that found no keys does not spoil the next one, when they are there",
    azapi: "–",
    measure: async () => {
      const { before, after } = await signInTwice();
      expect(before).toEqual({ ours: false, sdk: false });
      expect(after.ours).toBe(true);
      return { ours: works(after.ours), sdk: `the same credential ${works(after.sdk)}, a new one ${works(after.fresh)}` };
    },
  },
];

import { inspect } from "node:util";
import type { AzureRequest } from "../../provider/engine/operation";
import { type Cloud, defaultResourceGroup } from "../cloud";
import type { Exchange, Reply, ScriptedServer } from "../support/scriptedServer";
import { requestOf, TransportBench } from "../support/transportBench";

export const TENANT = "00000000-0000-0000-0000-00000000000a";

/** A call that needs a token, for a scripted server, and its answer. */
export const REQUEST = requestOf("read", { path: ["a"] });
export const OK: Exchange = { method: "GET", path: "/a", reply: { json: { ok: true } } };

/** The first thing that an authority is asked: where its token endpoint is. */
export function discovery(url: string, tenantId = TENANT): Exchange {
  const authority = `${url}/${tenantId}`;
  const json = {
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    jwks_uri: `${url}/keys`,
  };
  return { method: "GET", path: `/${tenantId}/v2.0/.well-known/openid-configuration`, reply: { json } };
}

/** A request for a token, and what comes of it. */
export function tokenRequest(reply: Reply, tenantId = TENANT): Exchange {
  return { method: "POST", path: `/${tenantId}/oauth2/v2.0/token`, reply };
}

export function issued(token: string, lifetimeSeconds = 3_600): Reply {
  return { json: { token_type: "Bearer", expires_in: lifetimeSeconds, access_token: token } };
}

/** How Entra ID refuses. */
export function refused(status: number, error: string, code: number, sentence: string): Reply {
  const description = `AADSTS${code}: ${sentence} Trace ID: 1b2c Correlation ID: 3d4e Timestamp: 2026-11-22 06:00:00Z`;
  return { status, json: { error, error_description: description, error_codes: [code], trace_id: "1b2c" } };
}

/** The settings of an application that signs in at a scripted server, which is the service too. */
export function applicationAt({ url }: ScriptedServer, more: Readonly<Record<string, string>>): Record<string, string> {
  const identity = { ARM_TENANT_ID: TENANT, ARM_CLIENT_ID: "client-1" };
  return { "patchbay:resourceManagerEndpoint": url, AZURE_AUTHORITY_HOST: url, ...identity, ...more };
}

/** A call of the local cloud, which checks the token. */
export function listKeysOf(cloud: Cloud, service = "chat"): AzureRequest {
  const group = ["subscriptions", cloud.identity.subscriptionId, "resourceGroups", defaultResourceGroup];
  const path = [...group, "providers", "Microsoft.SignalRService", "webPubSub", service, "listKeys"];
  return { cloud: "azure", method: "POST", path, apiVersion: "2024-03-01", repeat: "read", answer: "object" };
}

/** What many calls at once came to: how many were answered, and what the cloud saw of each kind. */
export async function callsAtOnce(cloud: Cloud, settings: Record<string, string>, calls = 64) {
  const bench = new TransportBench(settings);
  const sent = await Promise.allSettled(Array.from({ length: calls }, () => bench.transport.send(listKeysOf(cloud), bench.options())));
  const answered = sent.filter(({ status }) => status === "fulfilled").length;
  const errors = sent.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  return { bench, answered, errors, asked: countOf(cloud) };
}

/** How many requests of each kind came in since the last time. */
export function countOf(cloud: Cloud): Record<string, number> {
  const count: Record<string, number> = {};
  for (const line of cloud.takeRequests()) {
    const kind = /^(TOKEN|OIDC|DISCOVERY|POLL)$/.test(line) ? line : "ARM";
    count[kind] = (count[kind] ?? 0) + 1;
  }
  return count;
}

/** Everything in which an error may be shown. */
export function shown(error: unknown): string {
  const { message, stack, cause } = error as Error;
  return [inspect(error, { depth: 10, showHidden: true }), message, stack, JSON.stringify(error), String(error), inspect(cause)].join("\n");
}

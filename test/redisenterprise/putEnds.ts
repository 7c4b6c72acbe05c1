import type { Answer, Cloud, CloudSettings, JsonObject } from "../cloud";
import { PARTNER } from "./stateRules";

// What the service may answer to a PUT of the state, and what has to come of it.

export type Wish = "Approved" | "Rejected" | "Pending";
export type Kind = "GET" | "PUT" | "POLL";

export interface End {
  readonly name: string;
  readonly settings?: Partial<CloudSettings>;
  /** What becomes of the PUT's answer. */
  change?(answer: Answer, wish: Wish, cloud: Cloud): Answer;
  /** Somebody else's deed after the PUT was processed. */
  after?(cluster: string, cloud: Cloud): void;
  /** All requests, the look before the PUT included. */
  readonly requests: readonly Kind[];
  /** The status that is recorded when it ends well. @default the one that was asked for */
  recordedStatus?(wish: Wish): string;
  /** What the error says when it does not. */
  refused?(wish: Wish): RegExp;
}

export const DESCRIPTION = "by the cache team";

const WORD_IN_BODY: readonly Kind[] = ["GET", "PUT"];
const POLLED: readonly Kind[] = ["GET", "PUT", "POLL", "POLL", "GET"];

function withProperties(answer: Answer, properties: JsonObject): Answer {
  const body = JSON.parse(answer.body) as { properties: JsonObject };
  return { ...answer, body: JSON.stringify({ ...body, properties: { ...body.properties, ...properties } }) };
}

function withStatus(answer: Answer, status: string): Answer {
  return withProperties(answer, { privateLinkServiceConnectionState: { status, description: DESCRIPTION, actionsRequired: "None" } });
}

function withoutBody(answer: Answer, status: number, headers: Answer["headers"] = {}): Answer {
  return { status, headers: { ...answer.headers, ...headers }, body: "" };
}

function ownAddress(answer: Answer, cloud: Cloud): string {
  return `${cloud.url}${(JSON.parse(answer.body) as { id: string }).id}?api-version=2025-07-01`;
}

function another(wish: Wish): Wish {
  return wish === "Rejected" ? "Approved" : "Rejected";
}

function longRunning(more: Partial<CloudSettings> = {}): Partial<CloudSettings> {
  return { connectionPut: "asyncOperation", ...more };
}

function notAsSet(said: string, wish: Wish): RegExp {
  return new RegExp(
    `/privateEndpointConnections/partner was set to ${wish}, and the service says ${said}\\. Look at the private endpoint on the other side, then run again\\.$`,
  );
}

const endsWell: readonly End[] = [
  { name: "201 and the connection", requests: WORD_IN_BODY },
  { name: "200 and the connection", settings: { connectionPutStatus: 200 }, requests: WORD_IN_BODY },
  { name: "202 and the connection", change: (answer) => ({ ...answer, status: 202 }), requests: WORD_IN_BODY },
  { name: "204", change: (answer) => withoutBody(answer, 204), requests: ["GET", "PUT", "GET"] },
  { name: "200 and nothing", change: (answer) => withoutBody(answer, 200), requests: ["GET", "PUT", "GET"] },
  {
    name: "201 and the status in another case",
    change: (answer, wish) => withStatus(answer, wish.toUpperCase()),
    requests: WORD_IN_BODY,
    recordedStatus: (wish) => wish.toUpperCase(),
  },
  {
    name: "201 and no provisioningState",
    change: (answer) => withProperties(answer, { provisioningState: null }),
    requests: WORD_IN_BODY,
  },
  {
    name: "202 and a Location, which is the connection",
    change: (answer, _wish, cloud) => withoutBody(answer, 202, { Location: ownAddress(answer, cloud) }),
    requests: ["GET", "PUT", "GET"],
  },
  {
    name: "201 and Creating, and then Succeeded",
    settings: { connectionPut: "provisioningState" },
    requests: ["GET", "PUT", "GET", "GET"],
  },
  {
    name: "201 and a provisioningState that nobody knows, and then Succeeded",
    change: (answer) => withProperties(answer, { provisioningState: "Wobbling" }),
    requests: ["GET", "PUT", "GET"],
  },
  { name: "201 and a status address", settings: longRunning(), requests: POLLED },
  { name: "200 and a status address", settings: longRunning({ connectionPutStatus: 200 }), requests: POLLED },
  {
    name: "201 and a status address with words that nobody knows",
    settings: longRunning({ operationPolls: 4, runningStatuses: ["accepted", "Wobbling", "INPROGRESS"] }),
    requests: ["GET", "PUT", "POLL", "POLL", "POLL", "POLL", "GET"],
  },
];

const endsOfOperations: readonly End[] = (["single", "double"] as const).flatMap((operationErrorNesting) =>
  (["Failed", "Canceled"] as const).map((operationOutcome) => ({
    name: `201 and a status address that says ${operationOutcome} (its error nested: ${operationErrorNesting})`,
    settings: longRunning({ operationOutcome, operationErrorNesting }),
    requests: ["GET", "PUT", "POLL", "POLL"],
    refused: () =>
      new RegExp(
        `^PUT …/privateEndpointConnections/partner was accepted and then ended as ${operationOutcome} \\(Operation${operationOutcome}\\)\\. The operation .*, because this emulator was told so\\. Request id: \\S+\\. `,
      ),
  })),
);

const endsOfProvisioning: readonly End[] = ["Failed", "Canceled"].map((word) => ({
  name: `201 and the provisioningState ${word}`,
  change: (answer) => withProperties(answer, { provisioningState: word }),
  requests: WORD_IN_BODY,
  refused: () =>
    new RegExp(`^PUT …/privateEndpointConnections/partner was accepted and then ended as ${word}\\. Request id: \\S+\\. Correct the cause`),
}));

const endsElsewhere: readonly End[] = [
  {
    name: "201 and another status than was asked for",
    change: (answer, wish) => withStatus(answer, another(wish)),
    requests: WORD_IN_BODY,
    refused: (wish) => notAsSet(`${another(wish)} \\(provisioningState Succeeded\\)`, wish),
  },
  {
    name: "201 and a status that nobody knows",
    change: (answer) => withStatus(answer, "Frozen"),
    requests: WORD_IN_BODY,
    refused: (wish) => notAsSet("Frozen \\(provisioningState Succeeded\\)", wish),
  },
  {
    name: "a status address that says Succeeded, and somebody who disconnects in that moment",
    settings: longRunning(),
    after: (cluster, cloud) => {
      const before = () => cloud.setConnectionStatus(cluster, PARTNER, "Disconnected");
      cloud.faults.add({ method: "GET", path: `/redisEnterprise/${cluster}/`, mode: "pass", before });
    },
    requests: POLLED,
    refused: (wish) => notAsSet("Disconnected \\(provisioningState Succeeded\\)", wish),
  },
  {
    name: "204, and the connection is gone",
    change: (answer) => withoutBody(answer, 204),
    after: (cluster, cloud) => cloud.removeConnection(cluster, PARTNER),
    requests: ["GET", "PUT", "GET"],
    refused: (wish) => notAsSet("that it is gone \\(provisioningState unknown\\)", wish),
  },
  {
    name: "a status address that says Succeeded, and the connection is gone",
    settings: longRunning(),
    after: (cluster, cloud) => cloud.removeConnection(cluster, PARTNER),
    requests: POLLED,
    refused: () =>
      /^PUT …\/privateEndpointConnections\/partner was refused: 404 \(ResourceNotFound\)\. .*Request id: \S+\. Check the names/,
  },
  {
    name: "201 and no status",
    change: (answer) => withProperties(answer, { privateLinkServiceConnectionState: {} }),
    requests: WORD_IN_BODY,
    refused: () => /^The service described a private endpoint connection without privateLinkServiceConnectionState\.status\./,
  },
];

export const ends: readonly End[] = [...endsWell, ...endsOfOperations, ...endsOfProvisioning, ...endsElsewhere];

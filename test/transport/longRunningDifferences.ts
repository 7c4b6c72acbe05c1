import type { Reply } from "../support/scriptedServer";
import type { Conversation, End, Method } from "./longRunningConversation";
import { RESOURCE } from "./longRunningConversations";

// Where our follower is meant to do otherwise than @azure/core-lro 3.3.1, each with a conversation that shows it. `ARM` is
// Azure Resource Manager's own description of asynchronous operations (async-api-reference), `contract` what was found of
// the five operations.

export interface MeantDifference {
  readonly name: string;
  readonly reason: string;
  readonly conversation: Conversation;
  /** What is asked after the first request, and how it ends. */
  readonly ours: Side;
  readonly theirs: Side;
}

export interface Side {
  readonly asks: readonly string[];
  readonly ends: End["ended"];
  /** When it succeeds. */
  readonly gives?: unknown;
  /** Part of what the error says. */
  readonly says?: string;
}

const STATUS: Reply = { status: 202, headers: { "Azure-AsyncOperation": "{origin}/o/1" } };
const LOCATION: Reply = { status: 202, headers: { Location: "{origin}/o/1" } };
const BOTH: Reply = { status: 202, headers: { "Azure-AsyncOperation": "{origin}/o/1", Location: "{origin}/r/1" } };
const SUCCEEDED: Reply = { json: { status: "Succeeded" } };
const RUNNING: Reply = { json: { status: "Running" } };
const KEYS = { primaryKey: "new" };
const DONE = { id: "x" };
const WANTED = true;
const IGNORED = false;

const GET = "GET /o/1";
const GET_RESULT = "GET /r/1";
const GET_RESOURCE = `GET ${RESOURCE}`;

function held(method: Method, isResultWanted: boolean, ...answers: Reply[]): Conversation {
  return { method, isResultWanted, answers };
}

const succeeds = (gives: unknown, ...asks: string[]): Side => ({ asks, ends: "succeeded", gives });
const fails = (says: string, ...asks: string[]): Side => ({ asks, ends: "failed", says });
const errs = (says: string, ...asks: string[]): Side => ({ asks, ends: "error", says });

const ELSEWHERE = { headers: { "Azure-AsyncOperation": "{elsewhere}/o/1" } };

const otherOrigin: readonly MeantDifference[] = [
  ["in the first answer", held("POST", IGNORED, { ...ELSEWHERE, status: 202 }), [] as string[]],
  ["in the answer of a poll", held("POST", IGNORED, STATUS, { ...RUNNING, ...ELSEWHERE }), [GET]],
].map(([where, conversation, asks]) => ({
  name: `an address of another origin is refused, ${where}`,
  reason: "The token would go along. ARM: the host must be the one that was asked.",
  conversation: conversation as Conversation,
  ours: errs("No token was sent there", ...(asks as string[])),
  // It goes there: whatever answers is taken for the service.
  theirs: { asks: asks as string[], ends: "succeeded", gives: { status: "Succeeded", by: "elsewhere" } },
}));

const missingStatus: readonly MeantDifference[] = (
  [
    ["{}", { json: {} }, {}],
    ["a status that is empty", { json: { status: "" } }, { status: "" }],
    ["204", { status: 204 }, undefined],
  ] as const
).map(([what, answer, gives]) => ({
  name: `a status without a word is an error: ${what}`,
  reason: "It is not known whether the operation has ended; azcore says the same.",
  conversation: held("POST", IGNORED, STATUS, answer),
  ours: errs("holds no status, so it is not known whether it ended", GET),
  theirs: succeeds(gives, GET),
}));

const pageForStatus: MeantDifference = {
  name: "a page in the place of a status is an error",
  reason: "A proxy or a sign-in page answers like this; it says nothing of the operation.",
  conversation: held("POST", IGNORED, STATUS, { text: "<html>login</html>", headers: { "content-type": "text/html" } }),
  ours: errs("a JSON object was promised", GET),
  theirs: succeeds({}, GET),
};

const failedPolls: readonly MeantDifference[] = (
  [
    ["404", { status: 404 }],
    ["500", { status: 500 }],
    ["429", { status: 429 }],
    ["403", { status: 403 }],
    ["a reset", { fault: "reset" }],
  ] as const
).map(([what, answer]) => ({
  name: `a poll that fails is no operation that failed: ${what}`,
  reason: "ARM: a 4xx or 5xx of the status address says that the status could not be read.",
  conversation: held("POST", IGNORED, STATUS, answer, SUCCEEDED),
  ours: succeeds(undefined, GET, GET),
  theirs: errs(what === "a reset" ? "fetch failed" : `the answer was ${what}`, GET),
}));

const goneAfterDelete: MeantDifference = {
  name: "a 404 that says that the resource is gone is the end of its DELETE",
  reason: "Contract: the status lies below the resource and goes with it.",
  conversation: held("DELETE", IGNORED, STATUS, { status: 404, json: { error: { code: "ResourceNotFound", message: "Gone." } } }),
  ours: succeeds(undefined, GET),
  theirs: errs("the answer was 404", GET),
};

const keysKept: readonly MeantDifference[] = (
  [
    ["204", { status: 204 }, undefined],
    ["{}", { json: {} }, {}],
  ] as const
).map(([what, answer, gives]) => ({
  name: `what the 202 of an action carried is kept when its Location ends with ${what}`,
  reason: "Web PubSub gives the new keys in the 202 and nothing at the end: the official client loses them.",
  conversation: held("POST", WANTED, { ...BOTH, json: KEYS }, SUCCEEDED, answer),
  ours: succeeds(KEYS, GET, GET_RESULT),
  theirs: succeeds(gives, GET, GET_RESULT),
}));

const unreadableResult: MeantDifference = {
  name: "a result that cannot be read does not undo the success of an action",
  reason: "The service said Succeeded; whoever takes that for a failure acts again.",
  conversation: held("POST", WANTED, { ...BOTH, json: KEYS }, SUCCEEDED, { status: 404 }),
  ours: succeeds(KEYS, GET, GET_RESULT),
  theirs: errs("the answer was 404", GET, GET_RESULT),
};

const provisioningState: readonly MeantDifference[] = [
  {
    name: "behind a Location, a provisioningState of Failed is a failure",
    reason: "azcore reads it too: the code of the answer says only that it could be read.",
    conversation: held("PUT", IGNORED, LOCATION, {
      json: { properties: { provisioningState: "Failed" }, error: { code: "Quota", message: "No room." } },
    }),
    ours: fails("ended as Failed (Quota). No room.", GET),
    theirs: succeeds({ properties: { provisioningState: "Failed" }, error: { code: "Quota", message: "No room." } }, GET),
  },
  {
    name: "behind a Location, a resource that is still being made is no end",
    reason: "As recorded, the Location of a PUT may be the resource itself, which answers 200 from the first moment.",
    conversation: held(
      "PUT",
      WANTED,
      { status: 201, headers: { Location: `{origin}${RESOURCE}` } },
      { json: { properties: { provisioningState: "Creating" } } },
      { json: { properties: { provisioningState: "Succeeded" } } },
    ),
    ours: succeeds({ properties: { provisioningState: "Succeeded" } }, GET_RESOURCE, GET_RESOURCE),
    theirs: succeeds({ properties: { provisioningState: "Creating" } }, GET_RESOURCE),
  },
  ...(["PATCH", "DELETE"] as const).map((method) => ({
    name: `without a polling address, the provisioningState of a ${method} is followed as that of a PUT is`,
    reason: "Contract: none of the headers and a provisioningState that runs: poll the resource.",
    conversation: held(
      method,
      IGNORED,
      { status: 202, json: { properties: { provisioningState: "Updating" } } },
      { json: { properties: { provisioningState: "Succeeded" } } },
    ),
    ours: succeeds({ properties: { provisioningState: "Succeeded" } }, GET_RESOURCE),
    theirs: succeeds({ properties: { provisioningState: "Updating" } }),
  })),
  {
    name: "a bare 202 of a PATCH is followed as that of a PUT is",
    reason: "A 202 says that it has not ended; the resource tells when it has.",
    conversation: held("PATCH", WANTED, { status: 202 }, { json: DONE }),
    ours: succeeds(DONE, GET_RESOURCE),
    theirs: succeeds(undefined),
  },
];

const wholeWords: readonly MeantDifference[] = [
  {
    name: "a status that begins like Failed runs on",
    reason: "Contract: every word but the ends means running.",
    conversation: held("POST", IGNORED, STATUS, { json: { status: "FailingOver" } }, SUCCEEDED),
    ours: succeeds(undefined, GET, GET),
    theirs: fails("has failed", GET),
  },
  {
    name: "a status that ends like Succeeded runs on",
    reason: "Contract: every word but the ends means running.",
    conversation: held("POST", IGNORED, STATUS, { json: { status: "NotYetSucceeded" } }, SUCCEEDED),
    ours: succeeds(undefined, GET, GET),
    theirs: succeeds({ status: "NotYetSucceeded" }, GET),
  },
  {
    name: "Completed is an end",
    reason: "Contract: some services say it, and go-azure-sdk takes it.",
    conversation: held("POST", IGNORED, STATUS, { json: { status: "Completed" } }, SUCCEEDED),
    ours: succeeds(undefined, GET),
    theirs: succeeds({ status: "Succeeded" }, GET, GET),
  },
];

const results: readonly MeantDifference[] = [
  {
    name: "a PUT ends with the resource itself, behind a Location too",
    reason: "Contract: the result of a PUT is read from the resource.",
    conversation: held("PUT", WANTED, LOCATION, { json: { id: "operation result" } }, { json: DONE }),
    ours: succeeds(DONE, GET, GET_RESOURCE),
    theirs: succeeds({ id: "operation result" }, GET),
  },
  {
    name: "what an action without a Location gives is in the properties of its status",
    reason: "ARM: properties is the output of the operation; the rest is about the operation.",
    conversation: held("POST", WANTED, STATUS, { json: { id: "o", status: "Succeeded", properties: KEYS } }),
    ours: succeeds(KEYS, GET),
    theirs: succeeds({ id: "o", status: "Succeeded", properties: KEYS }, GET),
  },
  {
    name: "a resourceLocation in a body is not followed",
    reason: "Neither ARM nor the contract knows it, and it is one more address that a body could name.",
    conversation: held("POST", WANTED, BOTH, { json: { status: "Succeeded", resourceLocation: "/o/9" } }, { json: DONE }),
    ours: succeeds(DONE, GET, GET_RESULT),
    theirs: succeeds(DONE, GET, "GET /o/9"),
  },
  {
    name: "a resource that cannot be read at the end of a PUT is an error",
    reason: "The caller was promised it; an empty one would be taken for a resource without members.",
    conversation: held("PUT", WANTED, STATUS, SUCCEEDED, { status: 204 }),
    ours: errs("a JSON object was promised", GET, GET_RESOURCE),
    theirs: succeeds(undefined, GET, GET_RESOURCE),
  },
  {
    name: "of two status addresses ARM's own comes first",
    reason: "Contract: Azure-AsyncOperation first. Operation-Location is the data services' header.",
    conversation: held(
      "POST",
      IGNORED,
      { status: 202, headers: { "Azure-AsyncOperation": "{origin}/o/1", "Operation-Location": "{origin}/o/2" } },
      SUCCEEDED,
    ),
    ours: succeeds(undefined, GET),
    theirs: succeeds({ status: "Succeeded" }, "GET /o/2"),
  },
];

/** Those that show in the requests and the end. The waits and the token have tests of their own beside these. */
export const MEANT: readonly MeantDifference[] = [
  ...otherOrigin,
  ...missingStatus,
  pageForStatus,
  ...failedPolls,
  goneAfterDelete,
  ...keysKept,
  unreadableResult,
  ...provisioningState,
  ...wholeWords,
  ...results,
];

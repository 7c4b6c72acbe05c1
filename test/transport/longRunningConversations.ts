import fc from "fast-check";
import type { Reply } from "../support/scriptedServer";
import type { Conversation, Method } from "./longRunningConversation";

// Conversations in which both sides must ask the same and end the same. Where they are meant to differ,
// longRunningDifferences.test.ts has a conversation for it, and nothing like it is made here.

export const RESOURCE =
  "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/svc/backends/orders?api-version=2024-05-01";

const STATUS_HEADERS = ["Azure-AsyncOperation", "Operation-Location"] as const;
const FAILURE = { code: "Quota", message: "No room." };

// No word that holds "succeeded" or "fail" without being one of the ends: the official poller looks for these inside.
const runningWord = fc.mixedCase(
  fc.constantFrom("Accepted", "Pending", "InProgress", "Running", "Creating", "Updating", "Deleting", "Moving", "In progress", "Wobbling"),
);
const succeededWord = fc.mixedCase(fc.constant("Succeeded"));
const failedWord = fc.mixedCase(fc.constantFrom("Failed", "Canceled", "Cancelled"));

const address = fc.constantFrom(
  "{origin}/operations/1?api-version=1&t=1&s=%20a%2B",
  "{origin}/operations/2?api-version=1",
  "{origin}/subscriptions/s1/providers/X/locations/Central%20US%20EUAP/operationsStatus/3?h=a%2Fb",
  "/operations/4?relative=true",
  `{origin}/operations/5?${"c".repeat(3_500)}`,
);
const retryAfter = fc.option(fc.constantFrom("0", "1", "7", "60", "600", "soon", "-5", "Sun, 22 Nov 2020 06:00:05 GMT"), {
  nil: undefined,
});

/** A resource that says something of its state, in either place where that is written. */
function stateful(word: fc.Arbitrary<string>): fc.Arbitrary<object> {
  return fc.oneof(
    word.map((provisioningState) => ({ id: "x", properties: { provisioningState, title: "t" } })),
    word.map((provisioningState) => ({ id: "x", provisioningState })),
  );
}
const stateless = fc.constantFrom<object>({ id: "x" }, { id: "x", properties: { title: "t" } }, { properties: null }, {});
const settledResource = fc.oneof(stateless, stateful(succeededWord));

interface Parts {
  readonly status: fc.Arbitrary<number>;
  readonly json?: fc.Arbitrary<object | undefined>;
  readonly headers?: fc.Arbitrary<Record<string, string | undefined>>;
}

function reply({ status, json = fc.constant(undefined), headers = fc.constant({}) }: Parts): fc.Arbitrary<Reply> {
  return fc.tuple(status, json, headers, retryAfter).map(([code, body, given, wait]) => {
    const all: Record<string, string | undefined> = { ...given, "Retry-After": wait };
    const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return { status: code, json: code === 204 ? undefined : body, headers: Object.fromEntries(set) };
  });
}

function conversation(method: Method, isResultWanted: boolean, ...parts: fc.Arbitrary<Reply | Reply[]>[]): fc.Arbitrary<Conversation> {
  return fc.tuple(...parts).map((answers) => ({ method, isResultWanted, answers: answers.flat() }));
}

/** Polls that go on, then one that ends; after success, what else is asked for. */
function polls(running: fc.Arbitrary<Reply>, failed: fc.Arbitrary<Reply>, ...succeeded: fc.Arbitrary<Reply>[]): fc.Arbitrary<Reply[]> {
  const ends = fc.oneof({ weight: 3, arbitrary: fc.tuple(...succeeded) }, { weight: 1, arbitrary: failed.map((last) => [last]) });
  return fc.tuple(fc.array(running, { maxLength: 4 }), ends).map(([going, end]) => [...going, ...end]);
}

/** Azure-AsyncOperation or Operation-Location: the body says how it is going. */
function byStatus(method: Method, isResultWanted: boolean): fc.Arbitrary<Conversation> {
  return fc.constantFrom(...STATUS_HEADERS).chain((header) => {
    const pointing = address.map((at) => ({ [header]: at }));
    const moving = fc.option(pointing, { nil: {} });
    const word = (words: fc.Arbitrary<string>, more = {}) => words.map((status) => ({ id: "o", name: "o", status, ...more }));
    // An action's result is behind its Location; an action without one gives what its status says, which is a difference.
    const needsLocation = method === "POST" && isResultWanted;
    const withLocation = fc.tuple(pointing, address).map(([at, Location]) => ({ ...at, Location }));
    const headers = needsLocation ? withLocation : fc.oneof(pointing, withLocation);
    const firstBody = method === "POST" ? fc.constant(undefined) : fc.option(stateful(runningWord), { nil: undefined });
    const running = fc.oneof(
      reply({ status: fc.constantFrom(200, 202), json: word(runningWord, { endTime: "2026-01-01T00:00:00Z" }), headers: moving }),
      reply({ status: fc.constant(202), headers: moving }),
    );
    const failed = reply({ status: fc.constant(200), json: word(failedWord, { error: FAILURE }) });
    const succeeded = reply({ status: fc.constantFrom(200, 201), json: word(succeededWord) });
    const isRead = isResultWanted && method !== "DELETE";
    const resource = reply({ status: fc.constant(200), json: settledResource });
    const actionResult = reply({ status: fc.constantFrom(200, 204), json: fc.constantFrom({ keys: ["a"] }, undefined) });
    const result = isRead ? [method === "POST" ? actionResult : resource] : [];
    const first = reply({ status: fc.constantFrom(200, 201, 202, 204), json: firstBody, headers });
    return conversation(method, isResultWanted, first, polls(running, failed, succeeded, ...result));
  });
}

/** Location: the code says how it is going, and the last answer is the result. */
function byLocation(method: Method, isResultWanted: boolean): fc.Arbitrary<Conversation> {
  // A PUT or PATCH ends with the resource itself: the same where its Location is the resource.
  const isOwn = isResultWanted && (method === "PUT" || method === "PATCH");
  const to = isOwn ? fc.constant(`{origin}${RESOURCE}`) : address;
  const pointing = to.map((Location) => ({ Location }));
  const moving = fc.option(pointing, { nil: {} });
  const runningBody = fc.oneof(fc.constant(undefined), fc.constant({}), stateful(runningWord), stateful(succeededWord));
  const running = reply({ status: fc.constant(202), json: runningBody, headers: moving });
  const succeeded = reply({ status: fc.constantFrom(200, 201, 204), json: fc.oneof(settledResource, fc.constant(undefined)) });
  const firstBody = method === "POST" ? fc.constant(undefined) : fc.option(stateless, { nil: undefined });
  const first = reply({ status: fc.constantFrom(200, 201, 202, 204), json: firstBody, headers: pointing });
  // The only way to fail that both sides see here is a status of 400 or above, and of that they think differently.
  const ends = fc.tuple(fc.array(running, { maxLength: 4 }), succeeded).map(([going, end]) => [...going, end]);
  return conversation(method, isResultWanted, first, ends);
}

/** The resource's own provisioningState, which the official poller looks at for a PUT alone. */
function byResource(isResultWanted: boolean): fc.Arbitrary<Conversation> {
  const going = reply({ status: fc.constantFrom(200, 201, 202), json: stateful(runningWord) });
  const bare = reply({ status: fc.constant(202), json: fc.constantFrom(undefined, {}, { id: "x" }) });
  const failed = reply({
    status: fc.constant(200),
    json: stateful(failedWord).map((body): object => ({ ...body, error: FAILURE })),
  });
  const succeeded = reply({ status: fc.constantFrom(200, 204), json: settledResource });
  return conversation("PUT", isResultWanted, fc.oneof(going, bare), polls(fc.oneof(going, bare), failed, succeeded));
}

/** Nothing was started: the first answer is the end. */
function atOnce(method: Method, isResultWanted: boolean): fc.Arbitrary<Conversation> {
  const body = method === "PUT" ? settledResource : method === "POST" ? fc.oneof(settledResource, stateful(runningWord)) : stateless;
  // A bare 202 of a PUT or PATCH is followed (of a PATCH by us alone); of a POST or DELETE it is the end.
  const codes = method === "PUT" || method === "PATCH" ? [200, 201, 204] : [200, 201, 202, 204];
  const done = conversation(
    method,
    isResultWanted,
    reply({ status: fc.constantFrom(...codes), json: fc.option(body, { nil: undefined }) }),
  );
  const failure = stateful(failedWord).map((given): object => ({ ...given, error: FAILURE }));
  const failed = conversation(method, isResultWanted, reply({ status: fc.constantFrom(200, 201), json: failure }));
  return method === "PUT" ? fc.oneof({ weight: 3, arbitrary: done }, { weight: 1, arbitrary: failed }) : done;
}

/** Every combination of method, way of polling, and whether the result is wanted. */
export const conversations: fc.Arbitrary<Conversation> = fc
  .tuple(fc.constantFrom<Method>("PUT", "PATCH", "POST", "DELETE"), fc.boolean())
  .chain(([method, isResultWanted]) =>
    fc.oneof(
      { weight: 4, arbitrary: byStatus(method, isResultWanted) },
      { weight: 3, arbitrary: byLocation(method, isResultWanted) },
      { weight: 2, arbitrary: method === "PUT" ? byResource(isResultWanted) : byStatus(method, isResultWanted) },
      { weight: 1, arbitrary: atOnce(method, isResultWanted) },
    ),
  );

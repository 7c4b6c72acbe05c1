import fc from "fast-check";
import { runs } from "../support/runs";
import { type Conversation, type End, ours, theirs } from "./longRunningConversation";
import { conversations, RESOURCE } from "./longRunningConversations";

// Our follower against @azure/core-lro: the same requests in the same order, the same end, over the same answers.

/** What both sides must agree on: an empty result and none are the same, and nobody looks at that of a DELETE. */
function comparable(end: End, { method, isResultWanted }: Conversation): unknown {
  if (end.ended !== "succeeded") return end.ended;
  const isEmpty = end.result === undefined || Object.keys(end.result as object).length === 0;
  return { result: isEmpty || method === "DELETE" || !isResultWanted ? "not looked at" : end.result };
}

async function agree(conversation: Conversation, afterPolls?: number): Promise<void> {
  const one = await ours(conversation, { afterPolls });
  const other = await theirs(conversation, { afterPolls });
  expect({ requests: one.requests, end: comparable(one.end, conversation) }).toEqual({
    requests: other.requests,
    end: comparable(other.end, conversation),
  });
  expect(one.end.ended).not.toBe("over");
  if (one.end.ended === "failed" && other.end.ended === "failed" && other.end.said.includes("Quota")) {
    expect(one.end.said).toContain("(Quota). No room.");
  }
}

describe("our follower and the official poller", () => {
  it("ask the same and end the same in every conversation", () =>
    fc.assert(
      fc.asyncProperty(conversations, (conversation) => agree(conversation)),
      runs(600),
    ));

  it("ask the same and end the same when they are interrupted after any poll and resumed by another process", () =>
    fc.assert(
      fc.asyncProperty(conversations, fc.nat(4), (conversation, afterPolls) => agree(conversation, afterPolls)),
      runs(200),
    ));

  it("wait as long as a poll asks before the next one", () =>
    fc.assert(
      fc.asyncProperty(conversations, async (conversation) => {
        const [one, other] = [await ours(conversation), await theirs(conversation)];
        const polled = conversation.answers.slice(1, one.delays.length);
        for (const [index, { headers }] of polled.entries()) {
          const asked = /^[1-9]\d*$/.exec(String(headers?.["Retry-After"]))?.[0];
          if (asked === undefined) continue;
          expect(one.delays[index + 1]).toBe(Number(asked) * 1000);
          expect(other.delays[index]).toBe(Number(asked) * 1000);
        }
      }),
      runs(100),
    ));
});

describe("in a conversation as it was recorded, both", () => {
  const at = (path: string) => `{origin}${path}`;
  const resource = { id: "x", properties: { provisioningState: "Succeeded" } };

  it.each<[string, Conversation]>([
    [
      "PUT: 201, a status address of 3 KB with an escaped space, Pending, InProgress with an end time, Succeeded, the resource",
      {
        method: "PUT",
        isResultWanted: true,
        answers: [
          {
            status: 201,
            json: { id: "x", properties: { provisioningState: "Creating" } },
            headers: {
              "Azure-AsyncOperation": at(`/operationsStatus/Central%20US%20EUAP/1?t=1&c=${"x".repeat(3_000)}&s=a%2Bb`),
              Location: at(RESOURCE),
            },
          },
          { json: { status: "Pending", endTime: "0001-01-01T00:00:00+00:00" } },
          { json: { status: "InProgress", endTime: "2025-05-01T00:00:00+00:00" } },
          { json: { status: "Succeeded" } },
          { json: resource },
        ],
      },
    ],
    [
      "regenerateKey: 202 without a body, Running twice, Succeeded, and a Location with nothing behind it",
      {
        method: "POST",
        isResultWanted: true,
        answers: [
          { status: 202, headers: { "Azure-AsyncOperation": at("/operationStatuses/1"), Location: at("/operationResults/1") } },
          { json: { status: "Running" } },
          { json: { status: "Running" } },
          { json: { status: "Succeeded" } },
          { status: 204 },
        ],
      },
    ],
    [
      "DELETE: 202 with the resource that is being deleted, and a Location that ends with 204",
      {
        method: "DELETE",
        isResultWanted: false,
        answers: [
          { status: 202, json: { properties: { provisioningState: "Deleting" } }, headers: { Location: at("/operationresults/1?s=1") } },
          { status: 202, headers: { Location: at("/operationresults/2?s=2") } },
          { status: 204 },
        ],
      },
    ],
    [
      "PUT: a bare 202, and a resource that is there",
      { method: "PUT", isResultWanted: true, answers: [{ status: 202 }, { json: resource }] },
    ],
    [
      "PUT: a status address that fails with the service's words",
      {
        method: "PUT",
        isResultWanted: true,
        answers: [
          { status: 202, headers: { "azure-asyncoperation": at("/o/1") } },
          { json: { status: "Failed", error: { code: "Quota", message: "No room." } } },
        ],
      },
    ],
    [
      "POST: an address of the data services alone",
      {
        method: "POST",
        isResultWanted: true,
        answers: [
          { status: 202, headers: { "operation-location": at("/o/1"), location: at("/r/1") } },
          { json: { status: "Running" }, headers: { "operation-location": at("/o/2") } },
          { json: { status: "Succeeded" } },
          { json: { done: true } },
        ],
      },
    ],
  ])("agree. %s", (_name, conversation) => agree(conversation));
});

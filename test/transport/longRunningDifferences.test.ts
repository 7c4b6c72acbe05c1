import { regenerateRequest } from "../../provider/webpubsub/keys";
import { type Cloud, startCloud } from "../cloud";
import { type Reply, ScriptedServer } from "../support/scriptedServer";
import { type Conversation, ours, type Told, theirs } from "./longRunningConversation";
import { MEANT, type Side } from "./longRunningDifferences";

let elsewhere: ScriptedServer;
let reached: number;
beforeEach(async () => {
  elsewhere = await ScriptedServer.start();
  reached = 0;
  const answer = (): Reply => {
    reached++;
    return { json: { status: "Succeeded", by: "elsewhere" } };
  };
  elsewhere.expect({ reply: answer }, { reply: answer });
});
afterEach(() => elsewhere.finish().catch(() => {}));

function placed(conversation: Conversation): Conversation {
  return JSON.parse(JSON.stringify(conversation).replaceAll("{elsewhere}", elsewhere.url)) as Conversation;
}

function matches({ requests, end }: Told, side: Side): void {
  expect(requests.slice(1)).toEqual(side.asks);
  expect(end.ended).toBe(side.ends);
  if (end.ended === "failed" || end.ended === "error") expect(end.said).toContain(side.says ?? "");
}

describe("our follower is meant to differ from the official poller:", () => {
  it.each(MEANT.map((meant) => [meant.name, meant.reason, meant] as const))("%s. %s", async (_name, _reason, meant) => {
    const conversation = placed(meant.conversation);
    const one = await ours(conversation);
    expect(reached).toBe(0);
    matches(one, meant.ours);
    const isLookedAt = conversation.isResultWanted && conversation.method !== "DELETE";
    if (one.end.ended === "succeeded" && isLookedAt) expect(one.end.result).toEqual(meant.ours.gives);
    const other = await theirs(conversation);
    matches(other, meant.theirs);
    if (other.end.ended === "succeeded") expect(other.end.result).toEqual(meant.theirs.gives);
  });

  it("each of these has a name of its own and a reason", () => {
    expect(new Set(MEANT.map(({ name }) => name)).size).toBe(MEANT.length);
    expect(MEANT.filter(({ reason }) => reason.length < 20)).toEqual([]);
  });
});

describe("the waits are meant to differ:", () => {
  const running = { status: 202, headers: { Location: "{origin}/o/1" } };

  it("a huge Retry-After is ten minutes, where the official poller's timer makes 1 ms of it", async () => {
    const asking = { ...running, headers: { ...running.headers, "Retry-After": "999999999" } };
    const conversation: Conversation = { method: "POST", isResultWanted: false, answers: [running, asking, asking, asking, { json: {} }] };
    expect((await ours(conversation)).delays.slice(1)).toEqual([600_000, 600_000, 600_000]);
    // 2^31 - 1 is the longest that a timer of node takes.
    const delays = (await theirs(conversation)).delays;
    expect(delays).toEqual([999_999_999_000, 999_999_999_000, 999_999_999_000]);
    expect(delays.every((delayMs) => delayMs > 2 ** 31 - 1)).toBe(true);
  });

  it("the first answer's Retry-After is waited for, where the official poller asks at once", async () => {
    const first = { ...running, headers: { ...running.headers, "Retry-After": "15" } };
    const conversation: Conversation = { method: "POST", isResultWanted: false, answers: [first, { json: {} }] };
    expect((await ours(conversation)).delays).toEqual([15_000]);
    expect((await theirs(conversation)).delays).toEqual([]);
  });

  it("a wait that was asked for once is for once, where the official poller keeps it for all that follow", async () => {
    const asking = { ...running, headers: { ...running.headers, "Retry-After": "300" } };
    const conversation: Conversation = {
      method: "POST",
      isResultWanted: false,
      answers: [running, asking, running, running, { json: {} }],
    };
    expect((await ours(conversation)).delays).toEqual([500, 300_000, 1_125, 1_688]);
    expect((await theirs(conversation)).delays).toEqual([300_000, 300_000, 300_000]);
  });
});

describe("the token is meant to differ:", () => {
  let cloud: Cloud;
  beforeEach(async () => {
    cloud = await startCloud();
  });
  afterEach(() => cloud.stop());

  /** A token that can be renewed, in the place of the ready one. */
  function signingIn(): Record<string, string> {
    const { PATCHBAY_RESOURCE_MANAGER_ENDPOINT: _, ...identity } = cloud.environmentFor("clientSecret");
    return { ...identity, "patchbay:azureAccessToken": "" };
  }

  it("a 401 of a poll renews it once and goes on, where the official poller ends", async () => {
    const answers = [
      { status: 202, headers: { Location: "{origin}/o/1" } },
      { status: 401, json: { error: { code: "ExpiredAuthenticationToken", message: "Expired." } } },
      { json: {} },
    ];
    const conversation: Conversation = { method: "POST", isResultWanted: false, answers };
    const one = await ours(conversation, { settings: signingIn() });
    expect(one.end.ended).toBe("succeeded");
    expect(cloud.tokensIssued).toBe(2);
    const other = await theirs(conversation);
    expect(other.end).toEqual({ ended: "error", said: "the answer was 401" });
  });

  it("a 401 that stays ends after one renewal", async () => {
    const refused = { status: 401, json: { error: { code: "ExpiredAuthenticationToken", message: "Expired." } } };
    const answers = [{ status: 202, headers: { Location: "{origin}/o/1" } }, refused, refused, { json: {} }];
    const one = await ours({ method: "POST", isResultWanted: false, answers }, { settings: signingIn() });
    expect(one.end).toMatchObject({ ended: "error", said: expect.stringContaining("401 (ExpiredAuthenticationToken)") });
    expect(cloud.tokensIssued).toBe(2);
    expect(one.requests).toHaveLength(3);
  });
});

describe("KeyRegeneration is meant to differ:", () => {
  it("it does not ask for the result behind Location, which is empty, and asks listKeys instead", async () => {
    const request = regenerateRequest(["subscriptions", "s1", "providers", "X", "webPubSub", "chat"], "Primary");
    expect(request.answer).toBe("ignored");
    const answers = [
      { status: 202, headers: { "Azure-AsyncOperation": "{origin}/o/1", Location: "{origin}/r/1" } },
      { json: { status: "Succeeded" } },
      { status: 204 },
    ];
    const conversation: Conversation = { method: "POST", isResultWanted: request.answer !== "ignored", answers };
    expect((await ours(conversation)).requests.slice(1)).toEqual(["GET /o/1"]);
    // As its client is configured.
    expect((await theirs(conversation, { skipFinalGet: false })).requests.slice(1)).toEqual(["GET /o/1", "GET /r/1"]);
  });
});

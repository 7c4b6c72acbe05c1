import type { Answer, JsonObject } from "../cloud";

// What a regeneration may be answered with, how its operation may end, and what has to come of it: one POST, the end of the
// operation by its own word, and then the keys as listKeys shows them, whatever other answers hold.

export type KeyType = "Primary" | "Secondary" | "Salt";
export type Kind = "LIST" | "ROTATE" | "POLL";

/** The first answer, made of the recorded one: 202, the keys, Azure-AsyncOperation and Location. */
export interface First {
  readonly name: string;
  readonly status: number;
  /** `stale`: keys that are not, and never were, those of the service. */
  readonly body: "keys" | "stale" | "{}" | "nothing" | "other members";
  readonly polledBy: "status" | "location" | "nothing";
  /** Both addresses, where the status alone is asked. */
  readonly hasLocation?: boolean;
}

/** How the polls end. The second one ends the operation at the service. */
export interface End {
  readonly name: string;
  /** What becomes of the n-th poll's answer, from 1. */
  change?(answer: Answer, poll: number): Answer;
  readonly polls: number;
  /** `unseen`: how it ended is not known. */
  readonly how: "well" | "failed" | "unseen";
}

export const firsts: readonly First[] = [
  { name: "202 with keys, a status address and a Location, as recorded", status: 202, body: "keys", polledBy: "status", hasLocation: true },
  { name: "202 with {} and both addresses, as in the example", status: 202, body: "{}", polledBy: "status", hasLocation: true },
  { name: "202 with nothing and both addresses", status: 202, body: "nothing", polledBy: "status", hasLocation: true },
  {
    name: "202 with keys that are not the service's and both addresses",
    status: 202,
    body: "stale",
    polledBy: "status",
    hasLocation: true,
  },
  { name: "202 with a status address alone", status: 202, body: "keys", polledBy: "status" },
  { name: "202 with a Location alone", status: 202, body: "keys", polledBy: "location" },
  { name: "202 with nothing and a Location alone", status: 202, body: "nothing", polledBy: "location" },
  { name: "202 with keys and no address", status: 202, body: "keys", polledBy: "nothing" },
  { name: "202 with nothing and no address", status: 202, body: "nothing", polledBy: "nothing" },
  { name: "200 with keys", status: 200, body: "keys", polledBy: "nothing" },
  { name: "200 with keys that are not the service's", status: 200, body: "stale", polledBy: "nothing" },
  { name: "200 with {}", status: 200, body: "{}", polledBy: "nothing" },
  { name: "200 with nothing", status: 200, body: "nothing", polledBy: "nothing" },
  { name: "200 with null keys and members that nobody knows", status: 200, body: "other members", polledBy: "nothing" },
  { name: "200 with keys and both addresses", status: 200, body: "keys", polledBy: "status", hasLocation: true },
  { name: "201 with keys", status: 201, body: "keys", polledBy: "nothing" },
  { name: "204", status: 204, body: "nothing", polledBy: "nothing" },
];

function statusIn(answer: Answer): string {
  return String((JSON.parse(answer.body) as JsonObject)["status"]);
}

function withMembers(answer: Answer, members: object): Answer {
  return { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body) as JsonObject), ...members }) };
}

function spelled(name: string, spell: (word: string) => string): End {
  return { name, polls: 2, how: "well", change: (answer) => withMembers(answer, { status: spell(statusIn(answer)) }) };
}

const errors: Readonly<Record<string, object>> = {
  "nested once": { error: { code: "KeysAreLocked", message: "The keys are locked." } },
  "nested twice": { error: { error: { code: "KeysAreLocked", message: "The keys are locked." } } },
  "in its properties": { properties: { error: { code: "KeysAreLocked", message: "The keys are locked." } } },
};

function endedAs(word: string, where: string): End {
  return {
    name: `${word} (its error ${where})`,
    polls: 2,
    how: "failed",
    change: (answer, poll) => (poll < 2 ? answer : withMembers(answer, { status: word, ...errors[where] })),
  };
}

function refused(times: number, status: number, code: string): End {
  const body = JSON.stringify({ error: { code, message: "The operation was not found." } });
  return {
    name: `${status} ${times} times`,
    polls: Math.max(2, Math.min(times + 1, 3)),
    // Three in a row mean that the service does not know the operation any more.
    how: status === 404 && times >= 3 ? "unseen" : "well",
    change: (answer, poll) => (poll > times ? answer : { status, headers: { "Content-Type": "application/json" }, body }),
  };
}

export const statusEnds: readonly End[] = [
  { name: "Running and Succeeded, as recorded", polls: 2, how: "well" },
  spelled("other case", (word) => word.toUpperCase()),
  spelled("lower case", (word) => word.toLowerCase()),
  spelled("words that nobody knows and Completed", (word) => (word === "Succeeded" ? "Completed" : "Wobbling")),
  endedAs("Failed", "nested once"),
  endedAs("FAILED", "nested twice"),
  endedAs("Canceled", "nested twice"),
  endedAs("cancelled", "nested once"),
  endedAs("failed", "in its properties"),
  refused(1, 404, "ResourceNotFound"),
  refused(2, 404, "ResourceNotFound"),
  refused(9, 404, "ResourceNotFound"),
  refused(1, 500, "InternalServerError"),
  { name: "no status", polls: 1, how: "unseen", change: (answer) => ({ ...answer, body: "{}" }) },
];

function result(name: string, status: number, body: string): End {
  return {
    name,
    polls: 2,
    how: "well",
    change: (answer, poll) => (poll < 2 ? answer : { status, headers: body === "" ? {} : answer.headers, body }),
  };
}

export const staleKeys = {
  primaryKey: "not-the-primary-key-of-the-service",
  secondaryKey: "not-the-secondary-key-of-the-service",
  primaryConnectionString: "Endpoint=https://elsewhere.example;AccessKey=not-the-primary-key-of-the-service;Version=1.0;",
  secondaryConnectionString: "Endpoint=https://elsewhere.example;AccessKey=not-the-secondary-key-of-the-service;Version=1.0;",
};

export const locationEnds: readonly End[] = [
  { name: "202 and 200 with nothing, as recorded", polls: 2, how: "well" },
  result("202 and 200 with {}", 200, "{}"),
  result("202 and 200 with keys that are not the service's", 200, JSON.stringify(staleKeys)),
  result("202 and 204", 204, ""),
  refused(1, 404, "ResourceNotFound"),
  refused(9, 404, "ResourceNotFound"),
  refused(1, 500, "InternalServerError"),
];

export interface AnswerCell {
  readonly keyType: KeyType;
  readonly keys: "secret" | "fingerprint";
  readonly end: End;
}

export interface AnswerOutcome {
  readonly outcome: "rotated" | "accepted" | "unknown" | "failed";
  readonly requests: readonly Kind[];
  /** What the next run with the same arguments sends, and what is known after it. */
  readonly next: { readonly requests: readonly Kind[]; readonly outcome: string } | undefined;
  readonly said: readonly string[];
}

const FOUND_OUT = /did change in the last run; it is not regenerated again\.$/;
const NEVER_FOUND_OUT = /whether the last run regenerated the Salt cannot be found out; change triggers to regenerate it again\.$/;
export const sentences = [FOUND_OUT, NEVER_FOUND_OUT];

/** What has to come of it. `change` is when listKeys begins to show the new key. */
export function expectedOf(first: First, change: "accept" | "completion", { keyType, end }: AnswerCell): AnswerOutcome {
  const polls = Array<Kind>(first.polledBy === "nothing" ? 0 : end.polls).fill("POLL");
  const requests: Kind[] = ["LIST", "ROTATE", ...polls];
  const done = keyType === "Salt" ? "accepted" : "rotated";
  if (end.how === "failed") return { outcome: "failed", requests, next: undefined, said: [] };
  if (end.how === "well") {
    // Without an address nobody waits for the operation: the first look sees the old key where it changes at the end.
    const looks = first.polledBy === "nothing" && change === "completion" && keyType !== "Salt" ? 2 : 1;
    return { outcome: done, requests: [...requests, ...Array<Kind>(looks).fill("LIST")], next: { requests: [], outcome: done }, said: [] };
  }
  return {
    outcome: "unknown",
    requests,
    // The next run asks the operation again, and then the keys; the Salt shows nowhere.
    next: { requests: [...polls, "LIST"], outcome: keyType === "Salt" ? "unknown" : "rotated" },
    said: [(keyType === "Salt" ? NEVER_FOUND_OUT : FOUND_OUT).source],
  };
}

import type { Answer, Json, JsonObject, RunningOperation } from "../engine/operation";
import { isObject } from "./answers";

// The pure half of polling: what one answer says about an operation. The rules are ARM's (async-api-reference); where
// the official pollers differ (a missing status taken for success, an error of one poll taken for the operation's), ARM's
// text is followed.

export type Progress =
  | { readonly kind: "running"; readonly status: string }
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed"; readonly status: string }
  | { readonly kind: "noStatus" };

const SUCCEEDED = new Set(["succeeded", "completed"]);
const FAILED = new Set(["failed", "canceled", "cancelled"]);

/** What a 2xx of a poll says. Every word that is not an end means running; `endTime` is filled in while running. */
export function progressOf(mode: RunningOperation["mode"], answer: Answer): Progress {
  if (mode === "status") {
    const status = text(answer.body?.["status"]);
    if (status !== undefined) return progressOfWord(status);
    return answer.status === 202 ? { kind: "running", status: "accepted" } : { kind: "noStatus" };
  }
  const state = provisioningState(answer.body);
  const byState = state === undefined ? undefined : progressOfWord(state);
  // A 202 is no end; but a resource that says Succeeded has said it of itself.
  const isAccepted = answer.status === 202 && byState?.kind !== "failed" && (mode === "location" || byState === undefined);
  return isAccepted ? { kind: "running", status: state ?? "accepted" } : (byState ?? { kind: "succeeded" });
}

function progressOfWord(status: string): Progress {
  const word = status.toLowerCase();
  if (SUCCEEDED.has(word)) return { kind: "succeeded" };
  return FAILED.has(word) ? { kind: "failed", status } : { kind: "running", status };
}

export function provisioningState(body: JsonObject | undefined): string | undefined {
  const properties = body?.["properties"];
  return text(isObject(properties) ? properties["provisioningState"] : undefined) ?? text(body?.["provisioningState"]);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** Which header or body of an answer says where to look for the end of the operation. */
export function pollingSource(method: string, answer: Answer): { mode: RunningOperation["mode"]; url: string } | undefined {
  const status = statusUrl(answer);
  if (status !== undefined) return { mode: "status", url: status };
  const location = answer.headers["location"];
  if (location !== undefined && location !== "") return { mode: "location", url: location };
  // An action's answer is not the resource: its address has no state to poll. Of a resource to be deleted, a bare 202 is the end.
  if (method === "POST" || (method === "DELETE" && provisioningState(answer.body) === undefined)) return undefined;
  return progressOf("resource", answer).kind === "running" ? { mode: "resource", url: "" } : undefined;
}

/** ARM's own header, else the one of the data services. */
export function statusUrl({ headers }: Answer): string | undefined {
  return headers["azure-asyncoperation"] || headers["operation-location"] || undefined;
}

/** How long to wait before the next poll, when the service does not say: short at first, because many operations end at once. */
export function pollDelayMs(polls: number, askedMs: number | undefined, timeLeftMs: number): number {
  const ownMs = Math.min(LONGEST_OWN_MS, FIRST_OWN_MS * 1.5 ** polls);
  // One last look before the deadline is worth more than the wait that was asked for.
  const ceilingMs = Math.min(LONGEST_ASKED_MS, timeLeftMs > 2 * LAST_LOOK_MS ? timeLeftMs - LAST_LOOK_MS : timeLeftMs);
  return Math.max(SHORTEST_MS, Math.min(Math.round(askedMs ?? ownMs), ceilingMs));
}

const FIRST_OWN_MS = 500;
const LONGEST_OWN_MS = 10_000;
const LONGEST_ASKED_MS = 600_000;
const SHORTEST_MS = 50;
const LAST_LOOK_MS = 2_000;

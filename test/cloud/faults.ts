import type { Answer, JsonValue } from "./exchange";
import type { CloudRequest, RequestKind } from "./requestLog";

/** What a broken transfer ends with. */
export type Ending = "close" | "reset" | "hang";

/** What goes wrong with a request or its answer. Sizes are in bytes, times in milliseconds. */
export type Fault =
  /** The answer as it is; for the hooks `before` and `after`. */
  | { readonly mode: "pass" }
  /** The real answer, later. */
  | { readonly mode: "delay"; readonly delayMs: number }
  /** The real answer, kept back until something has happened: for two clients that are to have read the same. */
  | { readonly mode: "hold"; readonly until: Promise<unknown> }
  /** A scripted answer; without a body, an error of the service's own shape for that status. Retry-After goes into `headers`, in any spelling. */
  | {
      readonly mode: "answer";
      readonly status: number;
      readonly headers?: Answer["headers"];
      readonly code?: string;
      readonly body?: string | JsonValue;
    }
  /** The real answer, changed. */
  | { readonly mode: "amend"; change(answer: Answer): Answer }
  /** A page of a gateway; status 200 unless given. */
  | { readonly mode: "html"; readonly status?: number }
  /** An answer without a body; status 200 unless given. */
  | { readonly mode: "empty"; readonly status?: number }
  /** A complete transfer whose JSON stops half-way. */
  | { readonly mode: "truncatedJson" }
  /** RST, FIN or silence in place of an answer. With `readBody: false` before the body of the request was read, with `half` in the middle of it. */
  | { readonly mode: "reset" | "close" | "hang"; readonly readBody?: boolean | "half" }
  /** Headers that stop half-way; then the connection closes unless `ending` says otherwise. */
  | { readonly mode: "halfHeaders"; readonly ending?: Ending }
  /** A body that stops half-way, and ends after `pauseMs` (50); `finish` sends the rest. */
  | { readonly mode: "halfBody"; readonly ending?: Ending | "finish"; readonly pauseMs?: number }
  /** A body that comes in chunks of `bytesPerChunk` (1), one each `intervalMs` (50). */
  | { readonly mode: "drip"; readonly bytesPerChunk?: number; readonly intervalMs?: number }
  /** A body that begins as the real one and goes on for ever, as `drip` does. */
  | { readonly mode: "endless"; readonly bytesPerChunk?: number; readonly intervalMs?: number }
  /** A small body that unpacks to `decodedBytes` (256 MiB). */
  | { readonly mode: "gzipBomb"; readonly decodedBytes?: number }
  /** A header of so many `bytes` (5 MiB). */
  | { readonly mode: "hugeHeader"; readonly bytes?: number }
  /** Another content type. */
  | { readonly mode: "contentType"; readonly value: string }
  /** Positive: the client waits for bytes that never come, then the connection ends. Negative: the body is longer than said. */
  | { readonly mode: "contentLength"; readonly differenceBytes: number }
  /** Headers added next to those of the same name. */
  | { readonly mode: "duplicateHeaders"; readonly headers: readonly (readonly [string, string])[] }
  /** A redirect; status 307 unless given. */
  | { readonly mode: "redirect"; readonly location: string; readonly status?: 301 | 302 | 303 | 307 | 308 }
  /** An answer of another protocol. */
  | { readonly mode: "notHttp" };

/** What a fault does. */
export type FaultMode = Fault["mode"];

/** A fault and the requests that it strikes: those that have everything that is given. */
export type FaultRule = Fault & {
  readonly method?: string;
  /** A text must be contained in the path, whatever its case. */
  readonly path?: RegExp | string;
  /** `listKeys`, `regenerateKey`, `reconnect`, or the operation of R-KVStore. */
  readonly action?: string;
  readonly kind?: RequestKind;
  /** Members of the query that have to be there as given: R-KVStore names the instance in no path. */
  readonly query?: Readonly<Record<string, string>>;
  /** The first matching request it strikes, from 1. @default 1 */
  readonly nth?: number;
  /** How many it strikes, from there. @default 1 */
  readonly times?: number;
  /** Whether the request is processed although its answer is lost or replaced. Modes that damage the real answer always process it. */
  readonly apply?: boolean;
  /** Runs when the whole request has arrived and nothing has been done yet: the place for a foreign write in between. */
  before?(): void;
  /** Runs after the request was processed, or would have been, and before its answer leaves. */
  after?(): void;
};

/** These take the real answer and spoil it; the others put something in its place. */
const spoilingModes: readonly FaultMode[] = [
  "pass",
  "delay",
  "hold",
  "amend",
  "truncatedJson",
  "halfHeaders",
  "halfBody",
  "drip",
  "endless",
  "hugeHeader",
  "contentType",
  "contentLength",
  "duplicateHeaders",
];

/** @internal */
export function appliesRequest(rule: FaultRule): boolean {
  return rule.apply ?? spoilingModes.includes(rule.mode);
}

interface Scripted {
  readonly rule: FaultRule;
  seen: number;
  struck: number;
}

/** @internal */
export function isSilent(rule: FaultRule): rule is FaultRule & { readonly mode: Ending } {
  return rule.mode === "reset" || rule.mode === "close" || rule.mode === "hang";
}

/** Rules are tried in the order they were added; the first that is due strikes, and one request is struck once. */
export class Faults {
  #script: Scripted[] = [];

  /** One more rule, behind the others. */
  add(rule: FaultRule): void {
    this.#script.push({ rule, seen: 0, struck: 0 });
  }

  /** Forgets all rules. */
  clear(): void {
    this.#script = [];
  }

  /** Rules that have not struck as often as they were to: a test that expects a fault can see that it came. */
  unused(): FaultRule[] {
    return this.#script.filter(({ rule, struck }) => struck < timesOf(rule)).map(({ rule }) => rule);
  }

  /** @internal */
  due(request: CloudRequest): FaultRule | undefined {
    const matching = this.#script.filter(({ rule }) => fits(rule, request));
    for (const scripted of matching) scripted.seen += 1;
    const due = matching.find(({ rule, seen, struck }) => seen >= (rule.nth ?? 1) && struck < timesOf(rule));
    if (due !== undefined) due.struck += 1;
    return due?.rule;
  }
}

function timesOf(rule: FaultRule): number {
  return rule.times ?? 1;
}

function fits(rule: FaultRule, request: CloudRequest): boolean {
  if (rule.method !== undefined && rule.method !== request.method) return false;
  if (rule.kind !== undefined && rule.kind !== request.kind) return false;
  if (rule.action !== undefined && rule.action.toLowerCase() !== request.action?.toLowerCase()) return false;
  if (Object.entries(rule.query ?? {}).some(([name, value]) => request.query[name] !== value)) return false;
  if (rule.path === undefined) return true;
  return typeof rule.path === "string" ? request.path.toLowerCase().includes(rule.path.toLowerCase()) : rule.path.test(request.path);
}

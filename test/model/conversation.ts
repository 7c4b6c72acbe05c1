import type { Ending, Trouble } from "./commands";
import { type Leaves, overlaid, valueAt, within, without } from "./leaves";
import { sameMeaning } from "./meaning";
import type { IfMatch, Twin } from "./twin";

export type FailureKind = "invalid" | "conflict" | "pinned" | "missing" | "refused";

/** How a command is expected to end badly. */
export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    /** The leaves that a conflict names. */
    readonly leaves: readonly string[] = [],
  ) {
    super(`${kind} ${leaves.join(", ")}`.trim());
  }
}

export interface Write {
  readonly method: "PATCH" | "PUT";
  readonly body: Leaves;
}

/** The service takes both or none of them. */
export const flags: readonly string[] = ["tls.validateCertificateChain", "tls.validateCertificateName"];

/**
 * The write that makes what is wanted out of what is there. The service takes no tls without its two flags: with a member
 * of it that is written a flag that is not goes as it is, `true` where it is not there. A whole backend with one flag gets
 * the other; but a lone `true` that the program does not give, alone in tls, is what the service does without it, and goes.
 */
export function writeFor(wanted: Leaves, given: Leaves, now: Leaves): Write {
  const sent = without(wanted, (_path, value) => value === null);
  const removed = [...wanted.keys()].filter((path) => !sent.has(path));
  if (removed.every((path) => sameMeaning(path, null, valueAt(now, path)))) return { method: "PATCH", body: withFlags(sent, flags, now) };
  const partners = flags.filter((flag) => !wanted.has(flag));
  const whole = overlaid(now, new Map([...wanted, ...withFlags(sent, partners, now)]));
  const [lone, other] = flags.filter((flag) => whole.has(flag));
  if (lone === undefined || other !== undefined) return { method: "PUT", body: whole };
  const isDefault = whole.get(lone) === true && within(whole, "tls").size === 1 && !given.has(lone);
  return { method: "PUT", body: isDefault ? without(whole, (path) => path === lone) : withFlags(whole, flags, new Map()) };
}

function withFlags(sent: Leaves, partners: readonly string[], now: Leaves): Leaves {
  if (within(sent, "tls").size === 0) return sent;
  return new Map([...partners.map((flag) => [flag, now.get(flag) ?? true] as const), ...sent]);
}

/** The leaves that do not mean what is wanted. */
export function differing(wanted: Leaves, now: Leaves): Leaves {
  return without(wanted, (path, value) => sameMeaning(path, value, valueAt(now, path)));
}

/** The requests of one command, with the troubles that meet its writes. */
export class Conversation {
  readonly methods: string[] = [];
  readonly writes: Write[] = [];
  /** The backend as the first write found it whose answer was lost. */
  unseen: Leaves | undefined;
  /** Whether the last write may have landed without an answer that says so: an earlier try may be what a later one was refused for. */
  isInDoubt = false;
  private readonly troubles: Trouble[];

  constructor(
    private readonly twin: Twin,
    troubles: readonly Trouble[],
  ) {
    this.troubles = [...troubles];
  }

  read(): { now: Leaves; version: number } {
    this.methods.push("GET");
    if (this.twin.content === undefined) throw new Failure("missing");
    return { now: this.twin.content, version: this.twin.version };
  }

  /** Sends until an answer settles it. `unknown`: it was lost, and nothing but a read tells what became of it. */
  write(write: Write, ifMatch: IfMatch): "written" | "stale" | "unknown" {
    const before = this.writes.length;
    const outcome = this.send(write, ifMatch);
    this.isInDoubt = outcome === "unknown" || this.writes.length > before + 1;
    return outcome;
  }

  private send(write: Write, ifMatch: IfMatch): "written" | "stale" | "unknown" {
    for (;;) {
      const { before, ends } = this.troubles.shift() ?? { ends: "answered" };
      if (before !== undefined) this.twin.change(before);
      this.methods.push(write.method);
      this.writes.push(write);
      const answer = isActedOn(ends) ? this.act(write, ifMatch) : "stale";
      if (ends === "answered" || ends === "412") return this.understood(answer);
      // What is turned away at the door is sent again, and so is what may be sent twice.
      if (isLost(ends) && ifMatch !== "*") return "unknown";
    }
  }

  /** What the answer to a write shows. */
  answered(): Leaves {
    return this.twin.content ?? new Map();
  }

  private act({ method, body }: Write, ifMatch: IfMatch) {
    return method === "PATCH" ? this.twin.patch(ifMatch, body) : this.twin.put(ifMatch, body);
  }

  private understood(answer: "written" | "stale" | "refused" | "missing"): "written" | "stale" {
    if (answer === "refused") throw new Failure("refused");
    if (answer === "missing") throw new Failure("missing");
    return answer;
  }
}

function isActedOn(ends: Ending): boolean {
  return ends === "answered" || ends.endsWith("acted");
}

function isLost(ends: Ending): boolean {
  return ends.startsWith("reset") || ends.startsWith("close");
}

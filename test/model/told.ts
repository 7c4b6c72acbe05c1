import type { FailureKind } from "./conversation";
import type { Changes } from "./reference";

// What the provider says in sentences, as the names that the sentences hold.

/** The changes that the lines of a preview tell. */
export function toldChanges(lines: readonly string[]): Changes {
  const told = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  const names = (list: string, separator: string) => list.split(separator).map((part) => /^(the rest of )?[\w.]+/.exec(part)?.[0] ?? part);
  return inOrder({
    set: told(/will patch backend \S+ in \S+: (.*)\. Nothing else of it is touched\.$/).flatMap((list) => names(list, "; ")),
    back: told(/will put back (.*) of backend/).flatMap((list) => names(list, ", ")),
    released: told(/will no longer own (.*) of backend/).flatMap((list) => names(list, ", ")),
    settings: told(/will record (.*)\.$/).flatMap((list) => names(list, ", ")),
  });
}

export function inOrder({ set, back, released, settings }: Changes): Changes {
  return { set: [...set].sort(), back: [...back].sort(), released: [...released].sort(), settings: [...settings].sort() };
}

const left = /left (\S+) as it is: somebody else changed it since it was written here/;

/** What destroy says that it left. */
export function toldKept(lines: readonly string[]): string[] {
  return lines.flatMap((line) => left.exec(line)?.[1] ?? []).sort();
}

/** Warnings about something that nobody in these sequences does. */
export function otherWarnings(lines: readonly string[]): string[] {
  return lines.filter((line) => line.startsWith("warning") && !left.test(line));
}

export interface Ending {
  readonly kind: FailureKind | "unexpected";
  readonly leaves: readonly string[];
  readonly told?: string;
}

const kinds: readonly (readonly [FailureKind, RegExp])[] = [
  ["pinned", /no longer the one that ifMatch names/],
  ["missing", /does not exist.* and a patch never creates it/],
  ["refused", /was refused: 400 \(ValidationError\)/],
];

/** What kind of failure an error is, and the leaves that it names. */
export function endingOf(error: Error): Ending {
  const { name, message } = error;
  const told = [...message.matchAll(/([\w.]+) \(theirs /g)].map(([, leaf]) => leaf as string);
  if (/^Somebody else changed/.test(message)) return { kind: "conflict", leaves: told.sort() };
  const kind = kinds.find(([, sentence]) => sentence.test(message))?.[0];
  if (kind !== undefined) return { kind, leaves: [] };
  // The driver's own, with what check refuses.
  if (name === "Error" && /^[\w.[\]"]+: /.test(message)) return { kind: "invalid", leaves: [] };
  return { kind: "unexpected", leaves: [], told: `${name}: ${message}` };
}

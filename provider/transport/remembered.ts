import { createHmac, randomBytes, randomInt } from "node:crypto";

// What must never be shown is kept as a keyed digest, so that the memory of a long run holds no key longer than the call
// that needs it, and a copy of that memory gives none away. A text is walked once, however many digests there are: a
// rolling hash over the first characters tells where it is worth to look, and the digest whether it is one.

const SHORTEST_SECRET = 6;

/** Values that can be found again in a text, and not be read back. */
export class Remembered {
  private readonly key = randomBytes(32);
  private readonly factor = randomInt(2 ** 31) * 2 + 1;
  private readonly leadingFactor = power(this.factor, SHORTEST_SECRET - 1);
  private readonly digests = new Set<string>();
  /** How long the values are that begin with the characters of a hash, longest first. */
  private readonly lengths = new Map<number, readonly number[]>();

  /** A value that is shorter would be found inside ordinary words and make every message unreadable. */
  add(value: string): void {
    if (value.length < SHORTEST_SECRET) return;
    this.digests.add(this.digestOf(value));
    const beginning = this.hashOf(value);
    const known = this.lengths.get(beginning) ?? [];
    if (!known.includes(value.length)) {
      this.lengths.set(
        beginning,
        [...known, value.length].sort((one, other) => other - one),
      );
    }
  }

  /** A text with something else in the place of each remembered value, the longest where one lies in another. */
  replacedIn(text: string, replacement: string): string {
    let shown = "";
    let shownTo = 0;
    for (const [from, to] of this.foundIn(text)) {
      shown += text.slice(shownTo, from) + replacement;
      shownTo = to;
    }
    return shown + text.slice(shownTo);
  }

  /** Where remembered values stand, in order; those that overlap are one. */
  private foundIn(text: string): [from: number, to: number][] {
    const found: [number, number][] = [];
    if (text.length < SHORTEST_SECRET || this.digests.size === 0) return found;
    let hash = this.hashOf(text);
    for (let at = 0; ; at += 1) {
      const to = this.endAt(text, at, hash);
      const last = found.at(-1);
      if (to !== undefined && last !== undefined && at < last[1]) last[1] = Math.max(last[1], to);
      else if (to !== undefined) found.push([at, to]);
      if (at + SHORTEST_SECRET >= text.length) return found;
      hash = this.moved(hash, text.charCodeAt(at), text.charCodeAt(at + SHORTEST_SECRET));
    }
  }

  /** Where the longest remembered value that begins here ends. */
  private endAt(text: string, at: number, hash: number): number | undefined {
    const isOne = (length: number) => at + length <= text.length && this.digests.has(this.digestOf(text.slice(at, at + length)));
    const length = this.lengths.get(hash)?.find(isOne);
    return length === undefined ? undefined : at + length;
  }

  private digestOf(value: string): string {
    return createHmac("sha256", this.key).update(value, "utf16le").digest("base64");
  }

  private hashOf(text: string): number {
    let hash = 0;
    for (let at = 0; at < SHORTEST_SECRET; at += 1) hash = (Math.imul(hash, this.factor) + text.charCodeAt(at)) | 0;
    return hash;
  }

  private moved(hash: number, leaving: number, entering: number): number {
    return (Math.imul(hash - Math.imul(leaving, this.leadingFactor), this.factor) + entering) | 0;
  }
}

function power(factor: number, exponent: number): number {
  let result = 1;
  for (let count = 0; count < exponent; count += 1) result = Math.imul(result, factor);
  return result;
}

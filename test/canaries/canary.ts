import { randomBytes } from "node:crypto";

// Canaries: values that stand for secrets and are made anew in each run. They are of letters alone, so that no rule that
// knows what keys look like hides one by chance, and so that percent-encoding and JSON leave them as they are.

const LETTERS = "bcdfghjklmnpqrstvwxz";

function letters(count: number): string {
  return Array.from(randomBytes(count), (byte) => LETTERS[byte % LETTERS.length]).join("");
}

interface Planted {
  readonly place: string;
  /** What only this one has. */
  readonly own: string;
  /** Whether it stands between two marks. */
  readonly isMarked: boolean;
}

const SHORTEST_SHOWN = 16;

/** Plants canaries and finds them again, whole or cut, as they are or in base64 or hexadecimal digits. */
export class Canaries {
  /** Begins and ends each canary: so that a text is searched a few times, and not once for each. */
  private readonly mark = letters(8);
  private readonly planted: Planted[] = [];

  /** A new value for a place. */
  at(place: string): string {
    const own = letters(12);
    this.planted.push({ place, own, isMarked: true });
    return `${this.mark}${own}${this.mark}`;
  }

  /** A value that somebody else made: a key of the local cloud, a line of a certificate. */
  adopt(place: string, value: string): string {
    const middle = Math.floor((value.length - SHORTEST_SHOWN) / 2);
    const parts = [value.slice(0, SHORTEST_SHOWN), value.slice(middle, middle + SHORTEST_SHOWN), value.slice(-SHORTEST_SHOWN)];
    for (const own of value.length <= SHORTEST_SHOWN ? [value] : parts) this.planted.push({ place, own, isMarked: false });
    return value;
  }

  /** The places that have one. */
  places(): Set<string> {
    return new Set(this.planted.map(({ place }) => place));
  }

  /** The places whose canaries stand in a text. */
  foundIn(text: string): Set<string> {
    const isThere = (value: string) => spellings(value).some((spelling) => text.includes(spelling));
    const hasMark = isThere(this.mark);
    const found = this.planted.filter(({ own, isMarked }) => (hasMark || !isMarked) && isThere(own));
    if (hasMark && found.length === 0) return new Set(["a canary of which too little is left to tell which"]);
    return new Set(found.map(({ place }) => place));
  }
}

const known = new Map<string, readonly string[]>();

function spellings(value: string): readonly string[] {
  let all = known.get(value);
  if (all === undefined) {
    all = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), Buffer.from(value).toString("hex"), ...inBase64(value)];
    known.set(value, [...new Set(all)]);
  }
  return all;
}

/** How it looks inside of something longer that is encoded: each byte may begin at three places of a group of four characters. */
function inBase64(value: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]).toString("base64");
    const begin = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + Buffer.byteLength(value)) * 8) / 6);
    const sure = encoded.slice(begin, end);
    return [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { Remembered } from "../../provider/transport/remembered";
import { runs } from "../support/runs";

const SHORTEST = 6;

/** The same by a plain search: each remembered value is looked for everywhere, and places that overlap are one. */
function replacedByPlainSearch(text: string, secrets: readonly string[]): string {
  const isHidden = Array<boolean>(text.length).fill(false);
  // A place ends where its last character is shared with no other.
  const isJoined = Array<boolean>(text.length).fill(false);
  for (const secret of secrets.filter(({ length }) => length >= SHORTEST)) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
      for (let index = at; index < at + secret.length; index += 1) {
        isHidden[index] = true;
        if (index > at) isJoined[index] = true;
      }
    }
  }
  return [...text.split("")].map((character, at) => (!isHidden[at] ? character : isJoined[at] ? "" : "#")).join("");
}

const alphabet = fc.string({ unit: fc.constantFrom("a", "b", "é", "\ud83d\ude00", "\ud800"), minLength: 0, maxLength: 14 });

describe("what is remembered", () => {
  const often = runs(3_000);

  it(`is found wherever a plain search finds it, in ${often.numRuns} texts of few characters`, () => {
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 5 }), fc.array(alphabet, { maxLength: 6 }), (secrets, others) => {
        const remembered = new Remembered();
        for (const secret of secrets) remembered.add(secret);
        const text = [...others, ...secrets, ...others].join("a");
        expect(remembered.replacedIn(text, "#")).toBe(replacedByPlainSearch(text, secrets));
      }),
      often,
    );
  });

  it("is found among ten thousand others, of which many begin alike", () => {
    const remembered = new Remembered();
    const secrets = Array.from(
      { length: 10_000 },
      (_, index) => `Endpoint=https://chat-${index % 7}.example;${randomBytes(9).toString("hex")}`,
    );
    for (const secret of secrets) remembered.add(secret);
    const shown = remembered.replacedIn(`before ${secrets[4_711]} between ${secrets[0]}${secrets[9_999]} after`, "#");
    expect(shown).toBe("before # between ## after");
  });

  it("is not kept: nothing of it can be read back", () => {
    const remembered = new Remembered();
    const secret = randomBytes(30).toString("base64");
    remembered.add(secret);
    expect(remembered.replacedIn(`(${secret})`, "#")).toBe("(#)");
    const held = inspect(remembered, { showHidden: true, depth: Number.POSITIVE_INFINITY, maxStringLength: null, maxArrayLength: null });
    for (let at = 0; at + SHORTEST <= secret.length; at += 1) expect(held).not.toContain(secret.slice(at, at + SHORTEST));
  });
});

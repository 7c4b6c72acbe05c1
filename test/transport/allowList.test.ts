import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { promisedBody } from "../../provider/transport/answers";
import { failureIn } from "../../provider/transport/azureErrors";
import { redactBody, redactPage } from "../../provider/transport/redact";
import { runs } from "../support/runs";

// What is shown of an answer is what is known to be meant for people, and nothing else: no rule has to know a secret.

const often = runs(500);
const SECRET = `planted${randomBytes(6).toString("hex")}`;
/** So much of it may be left by chance where a text is cut. */
const PIECE = SECRET.slice(0, 12);
const MEANT_FOR_PEOPLE = ["code", "message", "target", "details", "innererror", "innerError", "error", "errorDescription", "status"];
const meant = new Set(MEANT_FOR_PEOPLE.map((name) => name.toLowerCase()));

const member = fc
  .oneof(
    fc.constantFrom(
      "properties",
      "credentials",
      "header",
      "x-key",
      "stack",
      "additionalInfo",
      "info",
      "messages",
      "codes",
      "value",
      "__proto__",
    ),
    fc.string({ maxLength: 8 }),
  )
  .filter((name) => !meant.has(name.toLowerCase().replaceAll("_", "")));

const secretText = fc
  .tuple(fc.string({ maxLength: 6 }), fc.string({ maxLength: 6 }))
  .map(([before, after]) => `${before}${SECRET}${after}`);

/** JSON whose every text holds the secret, under names of which none is meant for people. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    secretText,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(member, tie("tree"), { minKeys: 1, maxKeys: 3 }),
  ),
}));
const object = fc.dictionary(member, tree, { minKeys: 1, maxKeys: 4 });

/** The text of a promise's refusal. */
function refusalOf(text: string, type: string): string {
  const headers = { "content-type": type, "x-ms-request-id": "1", "x-secret": SECRET, location: `https://a.example/${SECRET}` };
  try {
    promisedBody("GET …/backends/orders", "object", false, { kind: "answer", status: 200, headers, text });
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe(`of an answer nothing is shown but what is meant for people, ${often.numRuns} cases each:`, () => {
  it("of an error body its code, message and target, here and in details and inner errors", () => {
    fc.assert(
      fc.property(object, object, fc.constantFrom("error", "details", "innererror"), (outer, inner, where) => {
        const said = { code: "Refused", message: "It is refused." };
        const nested = where === "details" ? { details: [{ ...inner, ...said }] } : { [where]: { ...inner, ...said } };
        for (const body of [outer, { ...outer, ...nested }, { error: { ...outer, ...said, ...nested } }, { error: outer }]) {
          expect(JSON.stringify(failureIn(body as never))).not.toContain(PIECE);
        }
        expect(failureIn({ error: { ...outer, ...said } } as never)).toEqual({ code: "Refused", sentence: "It is refused." });
      }),
      often,
    );
  });

  it("of JSON in the place of another answer its names, wherever it is cut", () => {
    fc.assert(
      fc.property(tree, fc.double({ min: 0.2, max: 1, noNaN: true }), fc.constantFrom("", "  ", "\n", "\ufeff"), (whole, part, before) => {
        const json = JSON.stringify(whole, null, part < 0.5 ? 1 : 0);
        const text = `${before}${json.slice(0, Math.ceil(json.length * part))}`;
        for (const shown of [redactBody(text), redactPage(text), refusalOf(text, "application/json"), refusalOf(text, "text/plain")])
          expect(shown).not.toContain(PIECE);
      }),
      often,
    );
  });

  it("of a content type the type, and of headers nothing", () => {
    expect(refusalOf("<p>Hello.</p>", `text/html; charset=utf-8; note=${SECRET}`)).toContain(
      "the answer was 200 with text/html; charset=utf-8 and",
    );
    for (const type of [`text/html; boundary="${SECRET}"`, SECRET, `${SECRET}; a=b`, `; ${SECRET}`])
      expect(refusalOf("[]", type)).not.toContain(PIECE);
  });
});

it("the words that JSON has for people are shown", () => {
  const text = '[{"error":"Busy","message":"Try again later.","token":"abc","list":["d"],"number":5}]';
  expect(redactBody(text)).toBe('[{"error":"Busy","message":"Try again later.","token":[redacted],"list":["[redacted]"],"number":5}]');
});

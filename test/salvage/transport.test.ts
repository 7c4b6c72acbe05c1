import { randomBytes } from "node:crypto";
import fc from "fast-check";
import type { Answer, JsonObject } from "../../provider/engine/operation";
import { ServiceError, shownLine, UnexpectedAnswerError } from "../../provider/errors";
import { alibabaRefusal } from "../../provider/transport/alibabaErrors";
import { azureAnswer, isObject, jsonObject, promisedBody } from "../../provider/transport/answers";
import { azureRemedy, failureIn } from "../../provider/transport/azureErrors";
import type { HttpAnswer } from "../../provider/transport/http";
import { pollDelayMs, pollingSource, progressOf, provisioningState } from "../../provider/transport/operationStatus";
import { plainName, redactPage, redactText, remember } from "../../provider/transport/redact";
import { retryAfterMs } from "../../provider/transport/retryAfter";
import { runs } from "../support/runs";
import { errorBody, hostileJson, hostileString } from "./hostile";
import { wrongInPrototypes, wrongInSentence } from "./invariants";

const often = runs(500);
const { numRuns } = often;

const body = fc.oneof(hostileJson, errorBody, hostileString);
const headers = fc.dictionary(
  fc.constantFrom(
    "content-type",
    "x-ms-request-id",
    "x-ms-correlation-request-id",
    "date",
    "retry-after",
    "retry-after-ms",
    "x-acs-retry-after",
    "location",
    "azure-asyncoperation",
  ),
  fc.oneof(hostileString, fc.constantFrom("application/json", "5", "Sun, 22 Nov 2026 06:00:05 GMT", "https://x.test/")),
);
const answer: fc.Arbitrary<HttpAnswer> = fc.record({
  kind: fc.constant("answer" as const),
  status: fc.integer({ min: 100, max: 999 }),
  headers,
  text: body,
});
const object = body.map((text) => jsonObject(text)).filter((value): value is JsonObject => value !== undefined);

/** A secret that looks like an ordinary word, so that only what was remembered hides it. */
function wordLikeSecret(): string {
  return [...randomBytes(40)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("");
}

describe("a body of a service", () => {
  it(`is an object without a member called __proto__, or nothing (${numRuns} cases)`, () => {
    const namesIn = (value: unknown): string[] =>
      typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([name, part]) => (Array.isArray(value) ? namesIn(part) : [name, ...namesIn(part)]))
        : [];
    fc.assert(
      fc.property(body, (text) => {
        const value = jsonObject(text);
        expect(value === undefined || isObject(value)).toBe(true);
        expect(namesIn(value).filter((name) => name === "__proto__")).toEqual([]);
        expect(wrongInPrototypes()).toEqual([]);
      }),
      often,
    );
  });

  it("is nothing when it is so deep that walking through it could end the process", () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    expect(jsonObject(nested(500))).toBeDefined();
    for (const levels of [502, 1_500, 100_000]) expect(jsonObject(nested(levels))).toBeUndefined();
  });

  it(`is what was promised, or an error that shows what came instead (${numRuns} cases)`, () => {
    fc.assert(
      fc.property(answer, fc.constantFrom("object", "optional", "ignored"), fc.boolean(), (one, promise, writes) => {
        const call = () => promisedBody("GET …/backends/orders", promise, writes, one);
        const error = thrownBy(call);
        if (error === undefined) {
          expect(isObject(call()) || promise !== "object").toBe(true);
          const read = azureAnswer(one, call());
          for (const id of [read.requestId, read.correlationId]) expect(id).toMatch(/^[\w.:-]{0,128}$/);
          return;
        }
        expect(error).toBeInstanceOf(UnexpectedAnswerError);
        expect(wrongInSentence(error.message, [])).toEqual([]);
      }),
      often,
    );
  });
});

describe("what a service says of a refusal", () => {
  it(`is a plain code and one short line, out of any body of Azure (${numRuns} cases)`, () => {
    const secret = wordLikeSecret();
    remember(secret);
    const spoken = body.map((text) => text.replaceAll("{a secret of the client}", secret));
    fc.assert(
      fc.property(spoken, fc.integer({ min: 400, max: 599 }), (text, status) => {
        const { code, sentence } = failureIn(jsonObject(text));
        expect(code).toMatch(/^[\w.:-]{0,128}$/);
        const error = new ServiceError({
          call: "PUT …/backends/orders",
          status,
          code,
          sentence,
          requestId: "",
          remedy: azureRemedy(status, code, sentence),
        });
        expect(wrongInSentence(error.message, [secret])).toEqual([]);
        expect(sentence.length).toBeLessThanOrEqual(1_000);
      }),
      often,
    );
  });

  it(`is a typed error, out of any answer of Alibaba Cloud (${numRuns} cases)`, () => {
    const clock = { now: () => Date.UTC(2026, 10, 22), sleep: async () => {}, random: () => 0.5 };
    const calm = { deadlineMs: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal, clientRequestId: "id", onWait: () => {} };
    fc.assert(
      fc.property(answer, (one) => {
        const skew = { behindMs: 0 };
        const refusal = alibabaRefusal("DescribeInstanceAttribute r-chat", one, { clock, skew }, 0, calm);
        expect(refusal.error()).toBeInstanceOf(ServiceError);
        expect(wrongInSentence(refusal.error().message, [])).toEqual([]);
        // What the next try is signed with.
        expect(new Date(clock.now() + skew.behindMs).toISOString()).toMatch(/^\d{4}-/);
      }),
      often,
    );
  });
});

it(`A line that is told is one line, of a length that fits, whatever is in it (${numRuns} cases)`, () => {
  fc.assert(
    fc.property(fc.array(body), (parts) => {
      expect(wrongInSentence(shownLine(`Told: ${parts.join(" ")}`), []).filter((each) => !/^a (gap|value)/.test(each))).toEqual([]);
    }),
    { ...often, examples: [[["a\u2028b\u001b[2J\ud83d", "😀".repeat(5_000)]]] },
  );
});

describe("the state of an operation", () => {
  it(`is one of four, and its next poll a bounded time away, whatever the answer (${numRuns} cases)`, () => {
    const read: fc.Arbitrary<Answer> = fc.record({
      ...{ status: fc.integer({ min: 200, max: 299 }), headers, body: fc.option(object, { nil: undefined }) },
      ...{ requestId: fc.constant(""), correlationId: fc.constant("") },
    });
    const mode = fc.constantFrom("status" as const, "location" as const, "resource" as const);
    const method = fc.constantFrom("PUT", "POST", "DELETE");
    fc.assert(
      fc.property(read, mode, method, fc.nat(50), fc.integer({ min: 1, max: 3_600_000 }), (one, kind, verb, polls, timeLeftMs) => {
        expect(["running", "succeeded", "failed", "noStatus"]).toContain(progressOf(kind, one).kind);
        const source = pollingSource(verb, one);
        expect([undefined, "status", "location", "resource"]).toContain(source?.mode);
        expect([undefined, "string"]).toContain(provisioningState(one.body) && typeof provisioningState(one.body));
        const delayMs = pollDelayMs(polls, retryAfterMs(one.headers, 0), timeLeftMs);
        expect(Number.isInteger(delayMs) && delayMs >= 50 && delayMs <= Math.max(50, timeLeftMs)).toBe(true);
      }),
      often,
    );
  });

  it(`is asked for again after a finite time that is not negative, or after one of our own, whatever the header says (${numRuns} cases)`, () => {
    const text = fc.oneof(
      hostileString,
      fc.string(),
      fc.bigInt().map(String),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.constantFrom("Sat, 13 Sep 275760 00:00:00 GMT", "9".repeat(400), `${"9".repeat(400)}.5`, " ".repeat(50_000), "1.".repeat(20_000)),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("retry-after", "retry-after-ms", "x-ms-retry-after-ms", "x-acs-retry-after"), text),
        (given) => {
          const delayMs = retryAfterMs(given, Date.UTC(2026, 10, 22));
          expect(delayMs === undefined || (Number.isFinite(delayMs) && delayMs >= 0)).toBe(true);
        },
      ),
      often,
    );
  });
});

describe("redaction", () => {
  const hostile = fc.oneof(
    hostileString,
    body,
    fc
      .array(
        fc.oneof(
          hostileString,
          fc.constantFrom("key=", "eyJ", ".", "https://", "Bearer ", "@", "?", "<", ">", '"', "-".repeat(50), "a=".repeat(500)),
        ),
        { maxLength: 30 },
      )
      .map((parts) => parts.join("")),
  );

  it(`gives one line of at most so many characters, whatever the text (${numRuns} cases)`, () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 600 }), (text, longest) => {
        const shown = redactText(text, longest);
        expect(shown.length).toBeLessThanOrEqual(longest);
        expect(redactPage(text).length).toBeLessThanOrEqual(201);
        for (const line of [shown, redactPage(text)].filter((each) => each !== "")) {
          expect(wrongInSentence(line, []).filter((each) => !/^a (gap|value)/.test(each))).toEqual([]);
        }
        expect(plainName(text)).toMatch(/^[\w.:-]{0,128}$/);
      }),
      often,
    );
  });

  it(`leaves no half of a secret where a text is cut (${numRuns} cases)`, () => {
    const secret = wordLikeSecret();
    remember(secret);
    const pieces = [secret.slice(0, 8), secret.slice(-8)];
    const place = fc.oneof(...[0, 160, 460, 3_960, 65_490].map((from) => fc.integer({ min: from, max: from + 80 })));
    const filler = fc.constantFrom(
      (length: number) => "ab ".repeat(length).slice(0, length),
      (length: number) => `<${"p".repeat(Math.max(0, length - 2))}>`,
    );
    fc.assert(
      fc.property(place, filler, hostileString, (length, fill, tail) => {
        const text = `${fill(length)}${secret}${tail}`;
        for (const shown of [redactText(text), redactPage(text)]) for (const piece of pieces) expect(shown).not.toContain(piece);
      }),
      often,
    );
  });
});

function thrownBy(work: () => unknown): Error | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { PartialStateError } from "../../provider/engine/partialState";
import * as errors from "../../provider/errors";

// What holds whatever a service answers.

interface StructClass {
  fromJavaScript(members: object): { serializeBinary(): Uint8Array };
  deserializeBinary(bytes: Uint8Array): { toJavaScript(): object };
}
const { Struct } = createRequire(require.resolve("@pulumi/pulumi/package.json"))("google-protobuf/google/protobuf/struct_pb") as {
  Struct: StructClass;
};

const TYPED = new Set(
  [...Object.values(errors), PartialStateError]
    .filter((each) => typeof each === "function" && /Error$/.test(each.name))
    .map((each) => each.name),
);

const LONGEST_MESSAGE = 2_000;
/** Words that only a mistake of ours puts into a text; the generated answers hold none of them. */
const MISHAPS = /\[object |\bundefined\b|\bNaN\b|Infinity/;

/** What is wrong with an error that a hook threw; empty when nothing is. */
export function wrongInError(error: unknown, secrets: readonly string[]): string[] {
  if (!(error instanceof errors.PatchbayError)) return [`not an error of this package: ${String(error)} ${(error as Error)?.stack ?? ""}`];
  const isBug = error instanceof errors.ProviderBugError;
  const wrong = isBug || !TYPED.has(error.name) ? [`${error.name}: ${error.message}`] : [];
  return [...wrong, ...wrongInSentence(error.message, secrets)];
}

/** What is wrong with a sentence that is shown to the user. */
export function wrongInSentence(sentence: string, secrets: readonly string[]): string[] {
  const shown = `in ${JSON.stringify(sentence.slice(0, 1_500))}`;
  const wrong: string[] = [];
  if (sentence.trim() === "") wrong.push("it says nothing");
  if (sentence.length > LONGEST_MESSAGE) wrong.push(`${sentence.length} characters ${shown}`);
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(sentence)) wrong.push(`a character that no terminal should get ${shown}`);
  if (MISHAPS.test(sentence)) wrong.push(`a value that is none ${shown}`);
  if (/Request id: ?\.| \(\)[.,]|, which is ,/.test(sentence)) wrong.push(`a gap ${shown}`);
  if (secrets.some((secret) => sentence.includes(secret) || sentence.includes(encodeURIComponent(secret)))) wrong.push(`a secret ${shown}`);
  return wrong;
}

/** What is wrong with members that a hook gave to the engine's host. */
export function wrongInMembers(members: Record<string, unknown>): string[] {
  const wrong: string[] = [];
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(members)), members)) wrong.push("no plain JSON");
  if (!isDeepStrictEqual(afterTheWire(members), members)) wrong.push("changed or refused on the way to the engine");
  const texts = textsIn(members);
  for (const text of texts) {
    if (MISHAPS.test(text)) wrong.push(`the text ${JSON.stringify(text)}`);
    // What is no UTF-8 makes the engine refuse the whole message.
    if (Buffer.from(text).toString() !== text) wrong.push(`half a surrogate pair in ${JSON.stringify(text)}`);
  }
  return wrong;
}

/** What the engine gets of it, by the SDK's own coding. */
function afterTheWire(members: Record<string, unknown>): unknown {
  try {
    const received = Struct.deserializeBinary(Struct.fromJavaScript(members).serializeBinary()).toJavaScript();
    return JSON.parse(JSON.stringify(received));
  } catch (error) {
    return String(error);
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([name, part]) => [name, ...textsIn(part)]) : [];
}

/** `text` is a string that is not empty; what ends with `?` may be absent. */
type Present = "text" | "string" | "string|null" | "object" | "object|null" | "list" | "boolean" | "port";
export type Kind = Present | `${Present}?`;

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === "string" && value.trim() !== "",
  string: (value) => typeof value === "string",
  null: (value) => value === null,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  list: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  port: (value) => Number.isInteger(value) && Number(value) > 0 && Number(value) <= 65_535,
};

/** Outputs that are not of the type that their class declares. */
export function wrongInOutputs(members: Record<string, unknown>, outputs: Readonly<Record<string, Kind>>, isPartial: boolean): string[] {
  return Object.entries(outputs).flatMap(([name, kind]) => {
    const value = members[name];
    if (value === undefined) return kind.endsWith("?") || isPartial ? [] : [`${name} is missing`];
    const fits = kind
      .replace("?", "")
      .split("|")
      .some((each) => CHECKS[each]?.(value) === true);
    return fits ? [] : [`${name} is ${JSON.stringify(value)?.slice(0, 200)}, not ${kind}`];
  });
}

const OWN_OF_OBJECT = Reflect.ownKeys(Object.prototype);
const OWN_OF_ARRAY = Reflect.ownKeys(Array.prototype);

/** Whether some answer has reached what every object inherits. */
export function wrongInPrototypes(): string[] {
  const same =
    isDeepStrictEqual(Reflect.ownKeys(Object.prototype), OWN_OF_OBJECT) &&
    isDeepStrictEqual(Reflect.ownKeys(Array.prototype), OWN_OF_ARRAY);
  return same ? [] : ["a prototype was changed"];
}

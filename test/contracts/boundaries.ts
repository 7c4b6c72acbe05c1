import fc from "fast-check";
import { isoDurationSeconds } from "../../provider/engine/durations";
import type { Contract, Limits, Member } from "./facts";
import { companionsOnly, itemOf, sampleOf } from "./wholeArguments";

// For each limit of a member the values at its bound that have to pass, and those just past it that have to be refused.

export interface Boundary {
  readonly passes: readonly unknown[];
  readonly refused: readonly unknown[];
}

/** The limits that a walk has to visit. `readOnly` and `default` bind the service, not the caller. */
export const WALKED: readonly (keyof Limits | "type")[] = [
  "type",
  "required",
  "enum",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "format",
  "minimumDuration",
];

/** The limits that a member has. */
export function limitsOf(member: Member): (keyof Limits | "type")[] {
  return WALKED.filter((limit) => limit === "type" || member[limit] !== undefined);
}

const SEED = 20_150_101;
const SAMPLES = 40;
/** How far the longest text that a pattern takes is looked for. */
const LONGEST = 100;
/** What must not slip through a pattern: separators of paths and queries, blanks, controls, look-alikes. */
const HOSTILE = ["/", "?", "#", "%2F", "..", " ", "\n", "\r\n", "\t", "\u0000", "\u200b", "’", "é", "😀", "ſ", "K", "١"];
const WRONG_TYPES: readonly unknown[] = ["text", "", 5, -0.5, true, false, ["a"], [], { a: 1 }, {}];

export function boundaryOf(contract: Contract, member: Member, limit: keyof Limits | "type"): Boundary {
  switch (limit) {
    case "type":
      return typeBoundary(contract, member);
    case "required":
      return { passes: [sampleWithin(contract, member)], refused: [undefined] };
    case "enum":
      return member.enumIsOpen
        ? { passes: [...values(member), "Newer"], refused: [] }
        : { passes: values(member), refused: othersOf(member) };
    case "pattern":
      return patternBoundary(member);
    case "minLength":
      return { passes: [text(member, member.minLength)], refused: [text(member, (member.minLength ?? 0) - 1)] };
    case "maxLength":
      return { passes: [text(member, member.maxLength)], refused: [text(member, (member.maxLength ?? 0) + 1)] };
    case "minimum":
      return numbers(member, [member.minimum ?? 0], [(member.minimum ?? 0) - 1]);
    case "maximum":
      return numbers(member, [member.maximum ?? 0], [(member.maximum ?? 0) + 1]);
    case "minItems":
      return { passes: [list(contract, member, member.minItems)], refused: [list(contract, member, (member.minItems ?? 0) - 1)] };
    case "maxItems":
      return { passes: [list(contract, member, member.maxItems)], refused: [list(contract, member, (member.maxItems ?? 0) + 1)] };
    case "format":
      return formatBoundary(member);
    case "minimumDuration":
      return durationBoundary(member);
    default:
      throw new Error(`No boundary is known for ${limit} of ${member.wire}.`);
  }
}

function values({ enum: known = [] }: Member): string[] {
  return [...known];
}

/** Not in a closed list: another word, and the known ones in another case or with blanks. */
function othersOf(member: Member): string[] {
  return ["Newer", "", ...values(member).flatMap((value) => [value.toLowerCase(), value.toUpperCase(), ` ${value}`, `${value}s`])];
}

function sampleWithin(contract: Contract, member: Member): unknown {
  if (member.types[0] !== "string" || member.enum !== undefined) return sampleOf(contract, member);
  if (member.format !== undefined) return formatBoundary(member).passes[0];
  if (member.minimum !== undefined) return numbers(member, [member.minimum], []).passes[0];
  return member.pattern === undefined ? text(member, member.minLength ?? 1) : patternBoundary(member).passes[0];
}

function typeBoundary(contract: Contract, member: Member): Boundary {
  const isOfType = (value: unknown) =>
    member.types.some((type) => {
      if (type === "integer") return Number.isInteger(value);
      if (type === "array") return Array.isArray(value);
      return type === "object" ? typeof value === "object" && !Array.isArray(value) : typeof value === type;
    });
  // A whole number of the wrong range is another limit's matter.
  const refused = WRONG_TYPES.filter((value) => !isOfType(value));
  const plain = member.types[0] === "object" ? companionsOnly(contract, member.argument) : sampleWithin(contract, member);
  return { passes: [plain, ...freeTexts(member)], refused };
}

/** What a text may be where nothing but its length is limited: anything. */
function freeTexts({ types, enum: values, pattern, format, minimum, minLength = 0, maxLength = 10_000 }: Member): string[] {
  if (types[0] !== "string" || (values ?? pattern ?? format ?? minimum) !== undefined) return [];
  const texts = [
    "",
    "é".repeat(maxLength),
    ...HOSTILE,
    ...fc.sample(fc.string({ unit: "binary", maxLength: 20 }), { numRuns: SAMPLES, seed: SEED }),
  ];
  return texts.filter((value) => value.length >= minLength && value.length <= maxLength);
}

/** A text of a length, of letters that every pattern here takes. */
function text(member: Member, length = 0): string {
  const plain = "a".repeat(Math.max(0, length));
  return member.pattern === undefined && member.argument !== "resourceGroupName" ? "é".repeat(Math.max(0, length)) : plain;
}

function list(contract: Contract, member: Member, length = 0): unknown[] {
  return Array.from({ length: Math.max(0, length) }, () => itemOf(contract, member.argument));
}

/** A number may be wished for as a text. */
function numbers({ types }: Member, passes: number[], refused: number[]): Boundary {
  const spelled = (all: number[]) => [...(types.includes("string") ? all.map(String) : []), ...(types.includes("integer") ? all : [])];
  return { passes: spelled(passes), refused: spelled(refused) };
}

function patternBoundary({ pattern = "", minLength = 0, maxLength }: Member): Boundary {
  const whole = new RegExp(pattern, "u");
  const matches = (value: string) => whole.test(value) && value.length >= minLength && value.length <= (maxLength ?? Infinity);
  // fast-check generates no lookahead, so the whole pattern decides afterwards.
  const generated = fc.stringMatching(new RegExp(pattern.replace(/\(\?=[^)]*\)/, ""), "u")).filter(matches);
  const passes = fc.sample(generated, { numRuns: SAMPLES, seed: SEED });
  const lengths = Array.from({ length: (maxLength ?? LONGEST) + 2 }, (_, length) => length).filter((length) => matches("a".repeat(length)));
  const bounds = [lengths[0], lengths.at(-1)].filter((length) => length !== undefined);
  const around = bounds
    .flatMap((length) => [length - 1, length, length + 1])
    .filter((length) => length >= 0)
    .map((length) => "a".repeat(length));
  const spoiled = passes.flatMap((value) =>
    HOSTILE.flatMap((hostile) => [hostile + value, value + hostile, value.slice(0, 1) + hostile + value.slice(1)]),
  );
  const any = fc.sample(fc.string({ unit: "binary", maxLength: 12 }), { numRuns: SAMPLES, seed: SEED });
  return {
    passes: [...passes, ...around.filter(matches)],
    refused: [...new Set([...spoiled, ...around, ...any])].filter((value) => !matches(value)),
  };
}

function formatBoundary(member: Member): Boundary {
  const { minimum, maximum } = member;
  const within = (all: number[]) => all.filter((value) => value >= (minimum ?? -Infinity) && value <= (maximum ?? Infinity));
  const notWhole = [0.5, 1e-7, 1e300];
  switch (member.format) {
    case "int32":
      return { passes: within([-(2 ** 31), 0, 2 ** 31 - 1, minimum ?? 0]), refused: [-(2 ** 31) - 1, 2 ** 31, ...notWhole] };
    case "int64":
      return { passes: [-Number.MAX_SAFE_INTEGER, 0, 2 ** 53, 2 ** 62], refused: [2 ** 64, -(2 ** 64), ...notWhole] };
    case "safe":
      return { passes: [-Number.MAX_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER], refused: [2 ** 53, -(2 ** 53), 2 ** 64, ...notWhole] };
    case "uuid":
      return { passes: fc.sample(fc.uuid(), { numRuns: SAMPLES, seed: SEED }), refused: ["subid", "0000", "not-a-uuid"] };
    case "arm-id":
      return { passes: ["/subscriptions/s/resourceGroups/rg/providers/p/t/n"], refused: ["n", "https://example.com/n"] };
    default:
      return isoDurations(member);
  }
}

/** ISO 8601 durations of generated parts, and what is left of each when it is spoiled. */
function isoDurations({ types }: Member): Boundary {
  const part = (unit: string) =>
    fc.option(fc.nat(9_999), { nil: undefined }).map((amount) => (amount === undefined ? "" : `${amount}${unit}`));
  const date = fc.tuple(part("Y"), part("M"), part("D")).map((parts) => parts.join(""));
  const time = fc.tuple(part("H"), part("M"), part("S")).map((parts) => parts.join(""));
  const whole = fc.tuple(date, time).map(([days, hours]) => `P${days}${hours === "" ? "" : `T${hours}`}`);
  const valid = fc.oneof(
    whole.filter((duration) => duration !== "P"),
    fc.nat(999).map((weeks) => `P${weeks}W`),
  );
  const passes = fc.sample(valid, { numRuns: SAMPLES, seed: SEED });
  const spoiled = passes.flatMap((each) => [
    each.slice(1),
    `${each}x`,
    ` ${each}`,
    `${each}\n`,
    each.toLowerCase(),
    `-${each}`,
    `${each}T`,
  ]);
  const numbersToo = types.includes("integer") ? [-1, 0.5] : [];
  return { passes, refused: [...new Set(["", "P", "PT", "2 minutes", ...spoiled]), ...numbersToo] };
}

function durationBoundary({ minimumDuration = "" }: Member): Boundary {
  const seconds = isoDurationSeconds(minimumDuration) ?? 0;
  return { passes: [minimumDuration, `PT${seconds}S`, `PT${seconds + 1}S`], refused: [`PT${seconds - 1}S`, "PT0S"] };
}

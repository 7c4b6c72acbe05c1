import fc from "fast-check";

// Texts, lists, objects and durations as arguments have them: small and odd ones mostly, and each at its bounds.

const ODD = ["<>&'\"", "\r\n", "\0", "\\u0041", "\u2028\u2029", "\u202eabc", "e\u0301", "😀", "\ud800", "{{named-value}}", "null", " "];
// Random ones are short: longer ones would fill this process's memory of secrets, in which every message is looked up.
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 5 }).filter((value) => value.length < 6) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD) },
);

/** Exactly so many characters. */
function longText(length: number): fc.Arbitrary<string> {
  return fc.constantFrom("x", ...ODD).map((value) => value.repeat(Math.floor(length / value.length)).padEnd(length, "x"));
}

/** A text without limits; 0 characters too. */
export const freeText = fc.oneof({ weight: 40, arbitrary: anyText }, { weight: 1, arbitrary: longText(2000) });

/** 1 to so many characters. */
export function text(longest: number): fc.Arbitrary<string> {
  const some = anyText.filter((value) => value !== "" && value.length <= longest);
  return fc.oneof({ weight: 40, arbitrary: some }, { weight: 1, arbitrary: longText(longest) });
}

/** Mostly a few, at times exactly so many. */
export function list<T>(item: fc.Arbitrary<T>, least: number, most: number): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.array(item, { minLength: least, maxLength: Math.max(least, 3) }) },
    { weight: 1, arbitrary: fc.array(item, { minLength: most, maxLength: most }) },
  );
}

/** Each member there or not. */
export function partOf<T extends object>(members: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<Partial<T>> {
  return fc.record(members, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Partial<T>>;
}

export const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 6 });

const digits = fc.oneof(fc.constantFrom(0, 1, 2, 59, 60), fc.nat({ max: 99_999 }));
const seconds = fc.tuple(digits, fc.constantFrom("", ".5", ",25", ".000000001")).map(([whole, fraction]) => `${whole}${fraction}S`);
const clock = fc
  .tuple(...["H", "M"].map((unit) => fc.option(digits.map((amount) => `${amount}${unit}`))), fc.option(seconds))
  .map((parts) => parts.filter((part) => part !== null).join(""));
const calendar = fc
  .tuple(...["Y", "M", "D"].map((unit) => fc.option(digits.map((amount) => `${amount}${unit}`))))
  .map((parts) => parts.join(""));

/** An ISO 8601 duration. */
export const duration = fc.oneof(
  fc.constantFrom("PT2M", "PT3S", "PT0S", "P1W", "P1D", "PT60S", "PT1H", "P1Y2M3DT4H5M6.7S"),
  fc
    .tuple(calendar, clock)
    .filter(([days, hours]) => days !== "" || hours !== "")
    .map(([days, hours]) => `P${days}${hours === "" ? "" : `T${hours}`}`),
);

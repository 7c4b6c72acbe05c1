import type { z } from "zod";
import type { Zod } from "./operation";

// Each limit of an argument is stated once: its words are what a refusal says, and what the schema carries as its
// description. A test finds the same words in the docstring of the argument, and tries whether they are true.

/** Schemas of arguments with limits. */
export function limits(zod: Zod) {
  const stated = <Schema extends z.ZodType>(schema: Schema, words: string) => schema.describe(words);
  return {
    /** A text that may be anything but empty. */
    filled: () => zod.string().min(1, "must not be empty"),

    /** `1 to 300 characters`, or `at most 200 characters` */
    text: (minimum: number, maximum: number) => {
      const words = `${range(minimum, maximum)} characters`;
      const text = minimum === 0 ? zod.string() : zod.string().min(minimum, `must have ${words}`);
      return stated(text.max(maximum, `must have ${words}`), words);
    },

    /** `1 to 50 letters, digits and hyphens`: a length and what the text may be made of. */
    name: (minimum: number, maximum: number, pattern: RegExp, characters: string) => {
      const words = `${minimum} to ${maximum} ${characters}`;
      const message = `must be ${words}`;
      return stated(zod.string().min(minimum, message).max(maximum, message).regex(pattern, message), words);
    },

    /** A text whose form is in words: `must be` and these. */
    form: (pattern: RegExp, words: string) => stated(zod.string().regex(pattern, `must be ${words}`), words),

    oneOf: <const Value extends string>(...values: readonly [Value, ...Value[]]) => zod.enum(values, `must be ${listed(values)}`),

    /** `0 to 100`, whole numbers. */
    between: (minimum: number, maximum: number) => {
      const words = `${minimum} to ${maximum}`;
      const whole = zod.int(`must be a whole number, ${words}`);
      return stated(whole.min(minimum, `must be ${words}`).max(maximum, `must be ${words}`), words);
    },

    /** `at most 10 items` */
    atMost: <Item extends z.ZodType>(maximum: number, item: Item) =>
      stated(zod.array(item).max(maximum, `must have at most ${maximum} items`), `at most ${maximum} items`),

    /** An ISO 8601 duration. */
    duration: (example: string) => {
      const words = `an ISO 8601 duration such as "${example}"`;
      return stated(zod.iso.duration(`must be ${words}`), words);
    },
  };
}

function range(minimum: number, maximum: number): string {
  return minimum === 0 ? `at most ${maximum}` : `${minimum} to ${maximum}`;
}

/** `"fail" or "overwrite"` */
function listed(values: readonly string[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return quoted.length === 1 ? String(quoted[0]) : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** A statement of a document by words that stand in it, and the tests that fail when it does not hold: `file: title`. */
export type Statement = readonly [words: string, ...tests: [string, ...string[]]];

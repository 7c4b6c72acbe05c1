import type { Mutation } from "./mutations";

const EXCHANGE = "test/recording/exchange.test.ts";
const REPLAY = "test/recording/replay.test.ts";
const RECORDER = "test/recording/recorder.test.ts";
const PLACEHOLDERS = "test/recording/placeholders.test.ts";

/** Rules of what may stand in a recording, and of how it is written. */
export const recordingMutations: readonly Mutation[] = [
  {
    breaks: "a member that the documents do not have keeps no name in a recording",
    file: "transport/recordedMembers.ts",
    find: "known === undefined ? placeholders.word(name) : name",
    replace: "name",
    caughtBy: [EXCHANGE, REPLAY],
  },
  {
    breaks: "a text is kept in a recording only where it is a word of the service",
    file: "transport/recordedMembers.ts",
    find: 'shape === "kept" && isServiceWord(value) ? value',
    replace: 'shape === "kept" ? value',
    caughtBy: [EXCHANGE],
  },
  {
    breaks: "a number under a name of somebody's is a placeholder in a recording",
    file: "transport/recordedMembers.ts",
    find: 'typeof value === "number" && shape !== "kept"',
    replace: 'typeof value === "number" && shape === "masked"',
    caughtBy: [EXCHANGE],
  },
  {
    breaks: "a header of another form is a placeholder in a recording",
    file: "transport/recording.ts",
    find: "isKept ? value : placeholders.word(value)",
    replace: "value",
    caughtBy: [EXCHANGE],
  },
  {
    breaks: "a name that is a word of ARM is a placeholder where a name stands",
    file: "transport/placeholders.ts",
    find: '(at % 2 === 0 || /^providers$/i.test(segments[at - 1] ?? ""))',
    replace: "true",
    caughtBy: [PLACEHOLDERS],
  },
  {
    breaks: "names whose case differs are told apart in a recording",
    file: "transport/placeholders.ts",
    find: "return base.slice(0, spelling).toUpperCase() + base.slice(spelling);",
    replace: "return base;",
    caughtBy: [PLACEHOLDERS],
  },
  {
    breaks: "a recording that cannot be written is told once and is no failure",
    file: "transport/recorder.ts",
    find: "      this.hasEnded = true;\n",
    replace: "",
    caughtBy: [RECORDER],
  },
  {
    breaks: "a recording is never written into a file that is there",
    file: "transport/recorder.ts",
    find: 'openSync(file, "ax", 0o600)',
    replace: 'openSync(file, "a", 0o600)',
    caughtBy: [RECORDER],
  },
  {
    breaks: "a recording can be read by its owner alone",
    file: "transport/recorder.ts",
    find: '"ax", 0o600)',
    replace: '"ax", 0o644)',
    caughtBy: [REPLAY],
  },
];

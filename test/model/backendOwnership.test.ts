import fc from "fast-check";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { runs } from "../support/runs";
import type { Sequence } from "./commands";
import { found } from "./found";
import { sequencesAbout } from "./generators";
import { Reference } from "./reference";
import { topics } from "./vocabulary";
import { walk } from "./walk";

/** A cloud keeps every request, and its tokens end with the faster clock. */
const sequencesPerCloud = 100;

let setTimeRight: () => void;
let cloud: Cloud | undefined;
let walked = 0;

beforeAll(() => {
  // Waits are what this is for; the 100 s that a try may take are still 5 s, longer than a busy machine stands still.
  setTimeRight = runTimeFaster(20);
});

afterAll(async () => {
  setTimeRight();
  await cloud?.stop();
});

async function currentCloud(): Promise<Cloud> {
  if (cloud === undefined || walked % sequencesPerCloud === 0) {
    await cloud?.stop();
    cloud = await startCloud();
  }
  walked += 1;
  return cloud;
}

describe("a backend patch and its model agree after every command, in sequences about", () => {
  it.each(Object.keys(topics))("%s", async (topic) => {
    const agree = fc.asyncProperty(sequencesAbout(topic), async (sequence) => walk(await currentCloud(), sequence));
    await fc.assert(agree, runs(60));
  });
});

describe("a backend patch and its model agree in a sequence where they once did not:", () => {
  it.each(Object.entries(found))("%s", async (_what, sequence) => {
    await walk(await currentCloud(), sequence);
  });
});

/** How the commands of a sequence end by the model, and what they write. */
function endsOf(sequence: Sequence): string[] {
  const reference = new Reference(sequence);
  return sequence.commands.flatMap((command) => {
    const { failure, step, methods, kept } = reference.step(command);
    const writes = methods.filter((method) => method !== "GET").map((method) => `${command.do}: ${method}`);
    const unfinished = reference.recorded?.isUnfinished ? [`${command.do}: unfinished`] : [];
    return [`${command.do}: ${failure?.kind ?? step}`, ...writes, ...kept.map(() => `${command.do}: left something`), ...unfinished];
  });
}

it("the sequences come to every end that a command can have", () => {
  const sequences = Object.keys(topics).flatMap((topic) => fc.sample(sequencesAbout(topic), runs(100)));
  const ends = new Set(sequences.flatMap(endsOf));
  const ups = ["created", "updated", "unchanged", "PATCH", "PUT", "conflict", "pinned", "missing", "refused", "invalid", "unfinished"];
  const destroys = ["destroyed", "PATCH", "PUT", "left something"];
  const all = [...ups.map((end) => `up: ${end}`), ...destroys.map((end) => `destroy: ${end}`), "refresh: read", "refresh: gone"];
  expect(all.filter((end) => !ends.has(end))).toEqual([]);
});

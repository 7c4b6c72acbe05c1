import type { CloudRequest } from "../cloud/requestLog";
import { expectDocument, markdownTable, pageHeading } from "../support/generatedDocument";
import { type Death, deaths, dies } from "./deaths";
import { type Moment, moments, operations, prepare, program } from "./fiveOperations";
import { resourceNamed } from "./gateway";
import type { CommandResult, Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

let world: World;
const rows: string[][] = [];

beforeAll(async () => {
  world = await openWorld(() => undefined);
}, bringLimitMs);

afterEach(() => world.cloud.faults.clear());

afterAll(async () => {
  await world.close();
});

/** Runs until those requests hang in the cloud, lets the run die there, and gives what it printed. */
async function died(name: string, stack: Stack, death: Death, { requests, hasActed, created }: Moment): Promise<CommandResult> {
  const { cloud } = world;
  for (const request of requests(name)) cloud.faults.add({ ...request, mode: "hang", apply: hasActed });
  const running = stack.start(["up", "--yes", "--skip-preview"]);
  const isReached = () => cloud.faults.unused().length === 0 && created.every((name) => running.output().includes(` ${name} created`));
  while (!isReached()) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (running.output().includes("Duration:")) throw new Error(`The run ended before it could die:\n${running.output()}`);
  }
  const ended = await dies(death, running);
  cloud.faults.clear();
  return ended;
}

/** The requests of each operation since the mark, in order; one that comes again at once is a poll. */
function sentSince(mark: number, name: string): string[] {
  const spelled = ({ action, method, applied }: CloudRequest) =>
    `${action ?? method}${applied || method === "GET" ? "" : " (not acted on)"}`;
  return operations.map(({ isIts }) => {
    const all = world.cloud.requests.slice(mark).filter((request) => isIts(request, name));
    const sent = all.map(spelled).filter((line, index, lines) => line !== lines[index - 1]);
    return sent.join(", ") || "nothing";
  });
}

/** Whether the first of two interrupts is heard of in time is a race, and decides which reads come and what is said; not what is written. */
function decided([first = "", next = ""]: readonly string[]): string[] {
  const writes = next.split(", ").filter((call) => /^(?:PATCH|PUT|reconnect|regenerateKey|AllocateDirectConnection)$/.test(call));
  return [first, writes.length === 0 ? "no write" : `writes: ${writes.join(", ")}`, ""];
}

async function expectOneOfEach(name: string, printed: string): Promise<void> {
  const { cloud } = world;
  const rotations = cloud.rotations.filter((rotation) => rotation.name === `chat-${name}`).length;
  expect([rotations, rotations === 1 ? "" : printed]).toEqual([1, ""]);
  expect(cloud.directConnection(`r-${name}`)).toMatchObject({ prefix: `direct${name}` });
  expect(cloud.backend(`apim-${name}`, "orders").properties.description).toBe("ours");
  expect(cloud.connection(`cache-${name}`, "partner")?.status).toBe("Approved");
  expect(cloud.reconnects.filter(({ service }) => service === `gateway-${name}`).length).toBeLessThanOrEqual(2);
}

async function expectSettled(stack: Stack, isKilled: boolean): Promise<void> {
  // The engine keeps what it had begun until it is told that it is settled.
  if (isKilled) expect((await stack.refresh(["--clear-pending-creates"])).exitCode).toBe(0);
  const state = await stack.exportState();
  expect(state.deployment.pending_operations ?? []).toEqual([]);
  expect(resourceNamed(state, "key").outputs).toMatchObject({ lastRun: { outcome: "rotated" } });
  expect(resourceNamed(state, "direct").outputs).toMatchObject({ adopted: false });
  const third = await stack.up();
  expect([third.exitCode, third.requests]).toEqual([0, []]);
}

async function expectPutBack(name: string, stack: Stack): Promise<void> {
  expect((await stack.destroy()).exitCode).toBe(0);
  expect(world.cloud.directConnection(`r-${name}`)).toBeUndefined();
  expect(world.cloud.backend(`apim-${name}`, "orders").properties.description).toBe("before");
}

describe.each(deaths)("%s", (death, slug, isKilled) => {
  it.each(moments.map((moment) => [moment.title, moment] as const))(
    "%s: the next run finds out, does nothing twice, and a third has nothing to do",
    async (_title, moment) => {
      const { cloud } = world;
      const name = `${slug}${moment.slug}`;
      prepare(cloud, name);
      const stack = await world.stack(program(name), { name });
      const start = cloud.requests.length;
      const first = await died(name, stack, death, moment);
      expect(first.exitCode).not.toBe(0);
      if (death === "the engine is killed") expect((await stack.run(["cancel", "--yes"])).exitCode).toBe(0);
      const sentFirst = sentSince(start, name);

      const again = cloud.requests.length;
      const next = await stack.up();
      expect([next.exitCode, next.exitCode === 0 ? "" : next.output]).toEqual([0, ""]);
      const sentNext = sentSince(again, name);
      for (const [index, { title, told }] of operations.entries()) {
        const said = told.test(next.output) ? "that the run before was killed" : "";
        const sent = [sentFirst[index] as string, sentNext[index] as string, said];
        rows.push([death, moment.title, title, ...(death === "two interrupts" ? decided(sent) : sent)]);
      }
      await expectOneOfEach(name, `${first.output}${next.output}`);
      await expectSettled(stack, isKilled);
      await expectPutBack(name, stack);
    },
  );
});

it("docs/sudden-end.md shows each cell of the crash table", () => {
  const head = ["How the run ended", "When", "Operation", "It had sent", "The next run sent", "and said"];
  expectDocument("docs/sudden-end.md", `${heading(rows.length)}\n\n${markdownTable(head, rows)}\n`);
});

function heading(cells: number): string {
  const title = pageHeading(
    "A run that dies in the middle",
    "What the next run does after one that was killed or interrupted, at each moment.",
  );
  return `${title}

${deaths.length} ways to die × ${moments.length} moments × ${operations.length} operations: ${cells} cells. In each, one program with all five operations runs through the real engine, and its
requests hang in the local cloud until the run is ended. Then \`pulumi up\` is run again, after \`pulumi cancel\` where the stack is locked, and a third
time. In every cell the key was regenerated once, the direct connection was allocated once and is this resource's own, a third run sent nothing, no
operation stayed pending, and destroy put the patched member back.

Repeated polls are shown once. BackendReconnect reads nothing: while the others read, the gateway has been told and that is recorded. After two
interrupts only the next run's writes are shown, as "writes: …" or "no write": whether the first interrupt is heard of before the second is
chance, and decides which reads come. RotatingKeys sends the requests of KeyRegeneration and is not tried by itself here.

Before a write a run leaves a note [on its machine](with-pulumi.md#operating-systems). Where that is lost, the next run of a killed one can only
look at the cloud.`;
}

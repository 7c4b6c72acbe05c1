import type { EngineEvent } from "@pulumi/pulumi/automation";
import { operations, prepare, program } from "./fiveOperations";
import { succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// What stands on the screen, by the engine's own events: which sentences there are, on whose row, and which of them stay.

const NAME = "words";
/** In a terminal of 80 columns, behind the four blanks under Diagnostics. */
const FIRST_LINE = 76;
const WILL = /will (?:patch description|tell the gateway|approve the |regenerate the |adopt the )/;
const DONE = /: (?:patched|told the gateway|set the|regenerated|allocated) .*\. Request id: [\w-]{36}\.$/;
const DESTROYED =
  /: (?:put back .* Request id: [\w-]{36}\.|released .* Request id: [\w-]{36}\.|sent nothing; .* stays? as (?:it is|they are)\.)$/;

interface Line {
  readonly name: string;
  readonly message: string;
  readonly ephemeral: boolean;
  readonly index: number;
}

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => prepare(cloud, NAME));
  stack = await world.stack(program(NAME));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

const resources = operations.map(({ resource }) => resource).sort();
const nameOf = (urn = "") => urn.split("::").pop() ?? "";

/** The lines of this package, each without the colours and the end of line that the engine adds. */
function linesOf(events: readonly EngineEvent[]): Line[] {
  return events.flatMap(({ diagnosticEvent }, index) => {
    // The engine logs more than its own type for it says.
    if (diagnosticEvent === undefined || String(diagnosticEvent.severity) === "debug") return [];
    const { urn, message, ephemeral = false } = diagnosticEvent;
    return [{ name: nameOf(urn), message: message.replace(/<\{%[^%]*%\}>/g, "").trimEnd(), ephemeral, index }];
  });
}

const kept = (lines: readonly Line[]) => lines.filter(({ ephemeral }) => !ephemeral);

function expectReadable(messages: readonly string[]): void {
  expect(messages.filter((message) => /[\p{Cc}\p{Cf}]/u.test(message) || message.length > 300)).toEqual([]);
  expect(world.cloud.secrets.filter((secret) => messages.some((message) => message.includes(secret)))).toEqual([]);
}

it("a preview keeps one sentence a resource, also in --json, whose first line in 80 columns says what will happen to what", async () => {
  const { stdout } = succeeded(await stack.preview(["--json"]));
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { urn: string; message: string; severity: string }[] };
  expect(diagnostics.map(({ urn }) => nameOf(urn)).sort()).toEqual(resources);
  const messages = diagnostics.map(({ message }) => message.trimEnd());
  for (const message of messages) expect(message.slice(0, FIRST_LINE)).toMatch(WILL);
  expectReadable(messages);
});

it("an update keeps what was done, on the row before it ends; what is to come and what is waited for go by", async () => {
  const result = await stack.events("up");
  succeeded(result);
  const lines = linesOf(result.events);
  expect(
    kept(lines)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(resources);
  for (const { message } of kept(lines)) expect(message).toMatch(DONE);
  for (const { name, index } of kept(lines)) {
    const ended = result.events.findIndex(({ resOutputsEvent }) => nameOf(resOutputsEvent?.metadata.urn) === name);
    expect([name, index < ended]).toEqual([name, true]);
  }
  const passing = lines.filter(({ ephemeral }) => ephemeral).map(({ message }) => message);
  expect(passing.filter((message) => WILL.test(message))).toHaveLength(resources.length);
  const waits = passing.filter((message) => message.startsWith("waiting "));
  expect(waits.length).toBeGreaterThan(3);
  for (const wait of waits) expect(wait).toMatch(/^waiting \d+ s, \d+ min(?: \d+ s)? left(?:, for |: ).+; again in \d+ s$/);
  expectReadable(lines.map(({ message }) => message));
});

it("a destroy keeps what was done, and that nothing was sent where nothing can be undone", async () => {
  const result = await stack.events("destroy");
  succeeded(result);
  const lines = kept(linesOf(result.events));
  expect(lines).toHaveLength(resources.length);
  for (const { message } of lines) expect(message).toMatch(DESTROYED);
  expectReadable(lines.map(({ message }) => message));
});

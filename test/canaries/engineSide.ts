import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Cloud } from "../cloud";
import type { CommandResult, Stack } from "../engine/stack";
import { openWorld } from "../engine/world";
import { Canaries } from "./canary";
import { eventsOf, type Log, logOf, withoutLog } from "./engineLogs";
import { illOnes } from "./illOnes";
import { RECORDING, recordingsIn, type Shown } from "./ourSide";
import { expectAllMet } from "./ownProcesses";
import { refused } from "./refusedArguments";
import { adoptKeys, type Carrier, credentialsOf, drift, wellOnes } from "./scenario";
import { type FailingSignIn, failingSignIns, THROUGH_THE_ENGINE } from "./signIns";
import { sourceOf } from "./wrapped";

/** What came out of the real engine. */
export interface EngineShown extends Shown {
  /** What the engine itself writes at `-v=9` and as debug events: each property that crosses to or from any provider. */
  readonly dumps: { readonly verbose: string; readonly events: string };
  /** The state with its secrets decrypted. */
  readonly decrypted: string;
}

const VERBOSE = ["-v=9", "--logtostderr", "--logflow"];
const SIGN_INS_AT_ONCE = 2;

/** Everything that a user, a build log or a back end gets to see of runs that carry canaries. */
export async function engineSide(): Promise<EngineShown> {
  const folder = mkdtempSync(path.join(tmpdir(), "patchbay-canaries-"));
  const httpLog = path.join(folder, "cloud.log");
  const world = await openWorld(() => undefined, { httpLog });
  const canaries = new Canaries();
  const { configuration, environment } = credentialsOf(world.cloud, canaries);
  const config = Object.fromEntries(Object.entries(configuration).map(([key, value]) => [key, { secret: value }]));
  const recorded = { PATCHBAY_RECORDING: path.join(folder, RECORDING) };
  const open = (program: string, more: Record<string, string> = {}) =>
    world.stack(program, { config, environment: { ...environment, ...recorded, ...more } });
  const collected = new Collected();
  try {
    const stack = await open("");
    await resources(stack, world.cloud, canaries, collected);
    const misspelled = await stack.run(["preview", `--${canaries.at("control")}`]);
    collected.command(misspelled);
    const ways = failingSignIns(world.cloud, canaries, path.join(folder, "files")).filter(({ name }) => THROUGH_THE_ENGINE.includes(name));
    await signIns(ways, world.cloud, (one) => world.stack(one), collected);
    const texts = { ...collected.texts(), cloudLog: readFileSync(httpLog, "utf8"), recording: recordingsIn(folder) };
    return { canaries, texts, dumps: collected.dumps(), decrypted: collected.decrypted.join("\n") };
  } finally {
    // Its own search would find the keys of the cloud in the engine's dump: the table has a place for that.
    await world.close().catch(() => undefined);
    rmSync(folder, { recursive: true });
  }
}

function programOf(carriers: readonly Carrier[]): string {
  const lines = carriers.map(
    ({ service, type, name, given }) => `new patchbay.${service}.${type}(${JSON.stringify(name)}, ${sourceOf(given)});`,
  );
  return ['const pulumi = require("@pulumi/pulumi");', 'const patchbay = require("pulumi-patchbay");', ...lines].join("\n");
}

/** A dynamic resource as most are made: its whole code stands in the state, with what it captured. */
function captured(canaries: Canaries): string {
  return `const captured = "${canaries.at("control")}";
    new pulumi.dynamic.Resource({ create: async () => ({ id: "id", outs: { length: captured.length } }) }, "captured", {});`;
}

async function resources(stack: Stack, cloud: Cloud, canaries: Canaries, collected: Collected): Promise<void> {
  const well = wellOnes(cloud, canaries);
  const ill = illOnes(cloud, canaries);
  await stack.writeProgram(`${programOf([...well, ...ill])}\n${captured(canaries)}`);
  collected.preview(await stack.events("preview", ["--diff", ...VERBOSE]));
  const up = await stack.events("up", [...VERBOSE, "--continue-on-error"], { limitMs: 180_000 });
  collected.command(up);
  adoptKeys(cloud, canaries);
  const { resources: recorded = [] } = (await stack.exportState()).deployment;
  const missing = well.filter(({ name }) => !recorded.some(({ urn }) => urn.endsWith(`::${name}`)));
  if (missing.length > 0) throw new Error(`${missing.map(({ name }) => name).join(", ")} did not come to an end:\n${up.stdout}`);
  expectAllMet(cloud);
  collected.state(stack);
  drift(cloud, canaries, well[0] as Carrier);
  collected.preview(await stack.events("refresh", ["--diff", ...VERBOSE], { keepPreview: true }));
  await collected.secrets(stack);
  await stack.writeProgram(programOf(well.map((carrier) => ({ ...carrier, given: carrier.again }))));
  const again = await stack.events("up", ["--diff", ...VERBOSE], { keepPreview: true });
  if (again.exitCode !== 0) throw new Error(`The second run failed:\n${again.output}`);
  collected.preview(again);
  adoptKeys(cloud, canaries);
  await collected.secrets(stack);
  await stack.writeProgram(programOf(refused(canaries)));
  collected.preview(await stack.events("preview", VERBOSE));
}

/** Each in a run of its own, because a run has one identity. */
async function signIns(
  ways: readonly FailingSignIn[],
  cloud: Cloud,
  open: (program: string) => Promise<Stack>,
  collected: Collected,
): Promise<void> {
  const given = { resourceGroupName: "chat-platform-rg", serviceName: "apim", backendId: "extra", title: "t" };
  const program = programOf([{ service: "apimanagement", type: "BackendPatch", name: "signed", given, again: {} }]);
  const byToken = ways.filter(({ faults }) => faults.length > 0);
  const others = ways.filter(({ faults }) => faults.length === 0);
  // Faults of one at a time: which request is whose is told by their order alone.
  const lanes = [
    byToken,
    ...Array.from({ length: SIGN_INS_AT_ONCE - 1 }, (_, lane) => others.filter((_way, at) => at % (SIGN_INS_AT_ONCE - 1) === lane)),
  ];
  await Promise.all(
    lanes.map(async (lane) => {
      const stack = await open(program);
      for (const { name, environment, faults } of lane) {
        for (const fault of faults) cloud.faults.add(fault);
        const up = await stack.events("up", VERBOSE, { environment: { PATCHBAY_AZURE_ACCESS_TOKEN: "", ...pathFirst(environment) } });
        if (up.exitCode === 0) throw new Error(`The sign-in with ${name} did not fail.`);
        collected.command(up);
        collected.state(stack);
      }
    }),
  );
  expectAllMet(cloud);
}

/** The engine's launchers have to be found too. */
function pathFirst({ PATH, ...others }: Readonly<Record<string, string>>): Record<string, string> {
  return PATH === undefined ? { ...others } : { ...others, PATH: `${PATH}${path.delimiter}${process.env.PATH}` };
}

type Result = CommandResult & { events?: readonly unknown[] };

class Collected {
  readonly decrypted: string[] = [];
  private readonly stdout: string[] = [];
  private readonly stderr: string[] = [];
  private readonly previews: string[] = [];
  private readonly states: string[] = [];
  private readonly logs: Log[] = [];
  private readonly events: Log[] = [];

  command({ stdout, stderr, events = [] }: Result): void {
    this.stdout.push(stdout);
    this.stderr.push(withoutLog(stderr));
    this.logs.push(logOf(stderr));
    this.events.push(eventsOf(events));
  }

  preview(result: Result): void {
    this.command(result);
    this.previews.push(result.stdout);
  }

  state(stack: Stack): void {
    this.states.push(stack.stateFileText());
  }

  /** The state as it is, and decrypted. */
  async secrets(stack: Stack): Promise<void> {
    this.state(stack);
    this.decrypted.push((await stack.expect(["stack", "export", "--show-secrets"])).stdout);
  }

  texts() {
    const state = this.states.join("\n");
    return {
      stdout: this.stdout.join("\n"),
      stderr: this.stderr.join("\n"),
      events: this.events.map(({ ours }) => ours).join("\n"),
      preview: this.previews.join("\n"),
      verbose: this.logs.map(({ ours }) => ours).join("\n"),
      state,
      provider: [...state.matchAll(/"__provider": ?"(?:[^"\\]|\\.)*"/g)].map(([member]) => member).join("\n"),
    };
  }

  dumps() {
    return { verbose: this.logs.map(({ dump }) => dump).join("\n"), events: this.events.map(({ dump }) => dump).join("\n") };
  }
}

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Cloud } from "../cloud";
import { inOwnProcess } from "../support/ownProcess";
import { listKeysOf } from "../transport/signInBench";
import type { Canaries } from "./canary";
import { illOnes } from "./illOnes";
import { type Plan, type Printed, withoutEnvironment } from "./inOneProcess";
import { type Carrier, type credentialsOf, wellOnes } from "./scenario";
import { failingSignIns } from "./signIns";
import { unwrapped } from "./wrapped";

/** Where the processes run, and what is planted. */
export interface Ground {
  readonly cloud: Cloud;
  readonly canaries: Canaries;
  readonly folder: string;
  readonly credentials: ReturnType<typeof credentialsOf>;
}

const SCRIPT = 'require("./test/canaries/inOneProcess.ts").run(process.env.CANARY_PLAN);';

/** Everything that fails, in a process that ends well, and two that crash: what they print and what they leave. */
export async function inProcesses(ground: Ground): Promise<{ readonly errors: string; readonly crash: string }> {
  const { cloud, canaries, folder } = ground;
  const well = wellOnes(cloud, canaries);
  const ill = illOnes(cloud, canaries);
  const signIns = failingSignIns(cloud, canaries, path.join(folder, "files"));
  for (const { faults } of signIns) for (const fault of faults) cloud.faults.add(fault);
  const whole = await processed(
    ground,
    "well",
    [...well, ...ill],
    signIns.map(({ environment }) => environment),
  );
  const { errors, reports } = JSON.parse(whole) as Printed;
  if (errors.includes("did not fail")) throw new Error("A sign-in did not fail.");
  expectAllMet(cloud);

  cloud.faults.add({ method: "PATCH", path: "/apim/backends/", mode: "answer", status: 503, headers: { "Retry-After": "9" } });
  const [patch, ...others] = wellOnes(cloud, canaries);
  const exception = await processed(ground, "exception", [...others.filter(isQuick), patch as Carrier]);
  const refused = illOnes(cloud, canaries)[0] as Carrier;
  const rejection = await processed(ground, "rejection", [...others.filter(isQuick), refused]);
  cloud.faults.clear();
  return { errors, crash: [reports, exception, rejection, ...reportsIn(folder)].join("\n") };
}

/** Throws when something that was planted in an answer was never asked for: then it was looked for in vain. */
export function expectAllMet({ faults, failures }: Cloud): void {
  const left = faults.unused().map(({ mode, kind, action, path: place, query }) => ({ mode, kind, action, place, query }));
  if (failures.length > 0 || left.length > 0) throw new Error(`The scenario did not go as it is written: ${JSON.stringify(left)}`);
}

/** Those that have no reason to wait: a wait is where the process crashes. */
function isQuick({ type }: Carrier): boolean {
  return type === "KeyRegeneration" || type === "BackendReconnect";
}

async function processed(ground: Ground, end: Plan["end"], carriers: readonly Carrier[], signIns: Plan["signIns"] = []): Promise<string> {
  const { cloud, credentials, folder } = ground;
  const file = path.join(folder, "plan.json");
  const plain = carriers.map((carrier) => ({ ...carrier, given: unwrapped(carrier.given) }));
  const { configuration } = credentials;
  const plan: Plan = { configuration, carriers: plain, signIns, call: listKeysOf(cloud), url: cloud.url, end };
  writeFileSync(file, JSON.stringify(plan));
  mkdirSync(path.join(folder, "reports"), { recursive: true });
  const reports = `--report-uncaught-exception --report-on-fatalerror --report-directory=${path.join(folder, "reports")}`;
  const environment = { ...cloud.environment, ...credentials.environment, NODE_OPTIONS: reports, CANARY_PLAN: file };
  const printed = await inOwnProcess(SCRIPT, environment);
  const isCrash = /^Node\.js v/m.test(printed);
  if (isCrash !== (end !== "well")) throw new Error(`The process ended otherwise than by ${end}: ${printed.slice(0, 2_000)}`);
  return printed;
}

function reportsIn(folder: string): string[] {
  const directory = path.join(folder, "reports");
  const files = readdirSync(directory);
  if (files.length !== 2) throw new Error(`There are ${files.length} reports, not one for each crash.`);
  return files.map((file) => withoutEnvironment(readFileSync(path.join(directory, file), "utf8")));
}

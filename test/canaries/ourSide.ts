import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "../../provider/engine/journal";
import type { Operation } from "../../provider/engine/operation";
import { startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import { Canaries } from "./canary";
import { illOnes } from "./illOnes";
import { everyView } from "./inOneProcess";
import { expectAllMet, type Ground, inProcesses } from "./ownProcesses";
import type { Exit } from "./places";
import { refused } from "./refusedArguments";
import { adoptKeys, type Carrier, credentialsOf, drift, wellOnes } from "./scenario";
import { unwrapped } from "./wrapped";

/** What came out of one side, by where it came out, and the canaries that were put in. */
export interface Shown {
  readonly canaries: Canaries;
  readonly texts: Partial<Record<Exit, string>>;
}

interface World extends Ground {
  readonly errors: unknown[];
  readonly said: string[];
}

/** Everything that this package itself gives away: errors, what it says, its notes, the local cloud's log. Without an engine. */
export async function ourSide(): Promise<Shown> {
  const folder = mkdtempSync(path.join(tmpdir(), "patchbay-canaries-"));
  const cloudLog = path.join(folder, "cloud.log");
  const cloud = await startCloud({ httpLog: cloudLog });
  const canaries = new Canaries();
  const world: World = { cloud, canaries, folder, errors: [], said: [], credentials: credentialsOf(cloud, canaries) };
  try {
    const keepTime = runTimeFaster(10);
    await resources(world).finally(keepTime);
    await refusedArguments(world);
    expectAllMet(cloud);
    const processes = await inProcesses(world);
    const errors = `${everyView(world.errors)}\n${processes.errors}`;
    const [preview, notes, recording] = [world.said.join("\n"), notesIn(folder), recordingsIn(folder)];
    return { canaries, texts: { errors, crash: processes.crash, preview, notes, recording, cloudLog: readFileSync(cloudLog, "utf8") } };
  } finally {
    await cloud.stop();
    rmSync(folder, { recursive: true });
  }
}

// biome-ignore lint/suspicious/noExplicitAny: hooks take any members
function operationOf({ service, type }: Carrier): Operation<any, any> {
  const file = `../../provider/${service}/${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return (require(file) as { operation: Operation<object, object> }).operation;
}

async function resources(world: World): Promise<void> {
  const { cloud, canaries } = world;
  const well = wellOnes(cloud, canaries);
  const ill = illOnes(cloud, canaries);
  const drivers = new Map([...well, ...ill].map((carrier) => [carrier, driverOf(carrier, world)]));
  const each = async (carriers: readonly Carrier[], work: (driver: HookDriver, carrier: Carrier) => Promise<unknown>) => {
    for (const carrier of carriers) {
      const driver = drivers.get(carrier) as HookDriver;
      await work(driver, carrier).catch((error: unknown) => world.errors.push(error));
    }
  };
  await each([...well, ...ill], (driver, { given }) => driver.up(unwrapped(given)));
  const failed = world.errors.length;
  if (failed !== ill.length) throw new Error(`${failed} resources failed, not ${ill.length}: ${everyView(world.errors)}`);
  adoptKeys(cloud, canaries);
  drift(cloud, canaries, well[0] as Carrier);
  await each(well, (driver) => driver.refresh());
  await each(well, (driver, { again }) => driver.preview(unwrapped(again)));
  await conflicts(world, well[0] as Carrier, drivers.get(well[0] as Carrier) as HookDriver);
  await each(well, (driver, { again }) => driver.up(unwrapped(again)));
  adoptKeys(cloud, canaries);
  await each(well, (driver) => driver.destroy());
  for (const driver of drivers.values()) {
    world.said.push(...driver.said, ...driver.ends, ...driver.waits);
    driver.close();
  }
}

/** Somebody else changes what is written, between the read and the write: the error names both values. */
async function conflicts(world: World, carrier: Carrier, driver: HookDriver): Promise<void> {
  const { cloud, canaries } = world;
  cloud.faults.add({ method: "PATCH", path: "/apim/backends/", mode: "pass", before: () => drift(cloud, canaries, carrier) });
  const error = await driver.up(unwrapped(carrier.again)).catch((thrown: unknown) => thrown);
  if ((error as Error).name !== "ConflictError") throw new Error(`There was no conflict: ${String(error)}`);
  world.errors.push(error);
}

function driverOf(carrier: Carrier, { cloud, credentials, folder }: World): HookDriver {
  const driver = new HookDriver(
    operationOf(carrier),
    cloud,
    { ...cloud.environment, ...credentials.environment, PATCHBAY_RECORDING: path.join(folder, RECORDING) },
    credentials.configuration,
  );
  // Notes are forgotten when a run has ended: here they stay, as they do when it is killed.
  driver.noteIn({ ...openJournal(path.join(folder, "notes")), recall: () => undefined, forget: () => {} });
  return driver;
}

export const RECORDING = "recording.jsonl";

/** What the recordings of a folder hold; each process has written one of its own. */
export function recordingsIn(folder: string): string {
  const files = readdirSync(folder).filter((file) => /^recording(-\d+)?\.jsonl$/.test(file));
  const texts = files.map((file) => readFileSync(path.join(folder, file), "utf8"));
  const shapes = texts.join("\n");
  // What was looked for in nothing would not be found.
  for (const sent of ['"PATCH"', '"PUT"', "/regenerateKey", "AllocateDirectConnection", '"error"']) {
    if (!shapes.includes(sent)) throw new Error(`The recordings hold no ${sent}.`);
  }
  return shapes;
}

/** The notes of a folder, one after the other. */
export function notesIn(folder: string): string {
  const notes = path.join(folder, "notes");
  mkdirSync(notes, { recursive: true });
  return readdirSync(notes, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

/** Arguments that are refused: what is told of them is an exit of its own. */
async function refusedArguments(world: World): Promise<void> {
  for (const carrier of refused(world.canaries)) {
    const driver = driverOf(carrier, world);
    world.said.push(...(await driver.problems(unwrapped(carrier.given))), ...driver.said);
    driver.close();
  }
}

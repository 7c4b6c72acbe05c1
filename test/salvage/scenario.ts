import type { Operation } from "../../provider/engine/operation";
import { type Cloud, startCloud } from "../cloud";
import { HookDriver } from "../support/hookDriver";
import { type Damage, type Served, strike } from "./damage";
import { type Kind, wrongInError, wrongInMembers, wrongInOutputs, wrongInPrototypes, wrongInSentence } from "./invariants";

type Members = Record<string, unknown>;

/** An operation, and what has to be true of it however its service has answered. */
export interface Subject {
  // biome-ignore lint/suspicious/noExplicitAny: as in the driver, hooks take any members
  readonly operation: Operation<any, any>;
  /** The outputs that its class declares. */
  readonly outputs: Readonly<Record<string, Kind>>;
  /** A secret that the client sends, which a service may echo. */
  echo(cloud: Cloud): string;
  /** Where the recorded state does not describe the cloud. */
  untrue(state: Members, cloud: Cloud): string[];
  /** Whether these answers say without doubt that what the resource stands for is not there. */
  saysGone(served: readonly Served[]): boolean;
  /** What a hook must not have done, however it ended: `since` is the number of requests before it. */
  misdeeds(cloud: Cloud, since: number): string[];
  /** What goes on in the cloud between two runs. */
  meanwhile?(driver: HookDriver): Promise<unknown>;
}

/** One hook in one situation. */
export interface Scenario {
  readonly hook: "create" | "update" | "read" | "get" | "delete";
  readonly title: string;
  /** What it asks a healthy cloud. */
  readonly conversation: readonly string[];
  prepare(cloud: Cloud): void;
  readonly given: Members;
  /** Where the outputs are other ones than those of the subject. */
  readonly outputs?: Subject["outputs"];
  /** Whether no secret of the cloud may reach the state. */
  readonly isWithoutSecrets?: boolean;
  /** Damage that was not borne once, and to which answer: tried first. */
  readonly found?: readonly (readonly [nth: number, damage: Damage])[];
  /** What was deployed before; of an update with other arguments. Not for create. */
  readonly before?: Members;
  /** Takes the place of the healthy `up` before the hook. */
  arrange?(driver: HookDriver, cloud: Cloud): Promise<void>;
  /** Where the end of all is not as it has to be, after the follow-up run. */
  wrongInTheEnd?(end: End): string[] | Promise<string[]>;
}

/** How a case ended. */
export interface End {
  readonly cloud: Cloud;
  /** Empty after a delete. */
  readonly state: Members;
  readonly driver: HookDriver;
  /** Which answer was the first to be damaged, from 1. */
  readonly nth: number;
  readonly served: readonly Served[];
}

/** Of the clock that runs faster: long enough for every healthy conversation, and soon over. */
const SHORT = { create: "25s", read: "25s", update: "25s", delete: "25s" };
const LONG = { create: "20m", read: "20m", update: "20m", delete: "20m" };
const GUARD_MS = 600_000;

/** A conversation, undamaged: the lines that the hook sends. */
export async function healthy(subject: Subject, scenario: Scenario): Promise<string[]> {
  const cloud = await startCloud();
  try {
    const driver = await arranged(subject, scenario, cloud);
    withTimeouts(driver, LONG);
    cloud.takeRequests();
    await act(scenario, driver, LONG);
    return cloud.takeRequests();
  } finally {
    await cloud.stop();
  }
}

/** One case: the hook with its n-th answer damaged, then a run with a healthy cloud. Gives what is wrong. */
export async function tried(subject: Subject, scenario: Scenario, nth: number, damage: Damage): Promise<string[]> {
  const cloud = await startCloud();
  try {
    const driver = await arranged(subject, scenario, cloud);
    withTimeouts(driver, SHORT);
    const since = cloud.requests.length;
    const served = strike(cloud, nth, damage, subject.echo(cloud));
    const wrong = [...(await judged(subject, scenario, driver, cloud, served)), ...subject.misdeeds(cloud, since), ...wrongInPrototypes()];
    cloud.faults.clear();
    driver.restart();
    withTimeouts(driver, LONG);
    await subject.meanwhile?.(driver);
    const after = await recovered(subject, scenario, driver, cloud).catch((error: unknown) => [`the run afterwards: ${String(error)}`]);
    const state = driver.recorded?.state ?? {};
    const end = after.length > 0 ? [] : await scenario.wrongInTheEnd?.({ cloud, state, driver, nth, served });
    return [...wrong, ...after, ...(end ?? []), ...cloud.failures.map(String)];
  } finally {
    await cloud.stop();
  }
}

async function arranged(subject: Subject, scenario: Scenario, cloud: Cloud): Promise<HookDriver> {
  scenario.prepare(cloud);
  const driver = new HookDriver(subject.operation, cloud);
  if (scenario.arrange !== undefined) await scenario.arrange(driver, cloud);
  else if (scenario.hook !== "create") await driver.up({ ...(scenario.before ?? scenario.given), timeouts: LONG });
  driver.said.length = 0;
  driver.ends.length = 0;
  driver.waits.length = 0;
  return driver;
}

/** read and delete take theirs from the state. */
function withTimeouts(driver: HookDriver, timeouts: Members): void {
  const { recorded } = driver;
  if (recorded !== undefined) driver.recorded = { ...recorded, state: { ...recorded.state, timeouts } };
}

type Ending = { readonly members: Members; readonly isGone: boolean } | { readonly error: unknown };

async function act({ hook, given }: Scenario, driver: HookDriver, timeouts: Members): Promise<Ending> {
  switch (hook) {
    case "create":
    case "update":
      await driver.up({ ...given, timeouts });
      return { members: driver.state, isGone: false };
    case "read": {
      const isThere = await driver.refresh();
      return { members: driver.recorded?.state ?? {}, isGone: !isThere };
    }
    case "get": {
      const { id, state } = await driver.get(driver.recorded?.id ?? "", { timeouts });
      return { members: state, isGone: id === "" };
    }
    case "delete":
      await driver.destroy();
      return { members: {}, isGone: true };
  }
}

/** Runs the hook and judges how it ended. */
async function judged(
  subject: Subject,
  scenario: Scenario,
  driver: HookDriver,
  cloud: Cloud,
  served: readonly Served[],
): Promise<string[]> {
  const guard = setTimeout(() => driver.interrupt(), GUARD_MS);
  const startedMs = Date.now();
  const ending = await act(scenario, driver, SHORT).catch((error: unknown) => ({ error }));
  clearTimeout(guard);
  const wrong = Date.now() - startedMs < GUARD_MS ? [] : ["it did not end at its deadline"];
  const lines = [...driver.said.map((line) => line.replace(/^\w+: /, "")), ...driver.ends, ...driver.waits];
  wrong.push(...lines.flatMap((line) => wrongInSentence(line, cloud.secrets)).map((each) => `a line: ${each}`));
  const outputs = scenario.outputs ?? subject.outputs;
  const secrets = scenario.isWithoutSecrets === true ? cloud.secrets : [];
  const wrongInState = (state: Members, isPartial: boolean) => [
    ...wrongInMembers(state),
    ...wrongInOutputs(state, outputs, isPartial),
    ...secrets.filter((secret) => JSON.stringify(state).includes(secret)).map(() => "a secret in the state"),
  ];
  if ("error" in ending) {
    wrong.push(...wrongInError(ending.error, cloud.secrets));
    return driver.recorded?.isUnfinished === true ? [...wrong, ...wrongInState(driver.recorded.state, true)] : wrong;
  }
  if (!ending.isGone) return [...wrong, ...wrongInState(ending.members, false)];
  if (scenario.hook !== "delete" && !subject.saysGone(served)) wrong.push("it is reported as gone, and no answer said so");
  return wrong;
}

/** The next run, with a healthy cloud: it ends well, the one after it has nothing to do, and the state is true. */
async function recovered(subject: Subject, scenario: Scenario, driver: HookDriver, cloud: Cloud): Promise<string[]> {
  const wrong: string[] = [];
  if (scenario.hook === "delete") {
    if (driver.recorded !== undefined) await driver.destroy();
    return wrong;
  }
  const given = { ...scenario.given, timeouts: LONG };
  await driver.up(given);
  const again = await driver.up(given);
  if (again !== "unchanged") wrong.push(`the second run after it ${again} it: ${driver.said.at(-1)}`);
  withTimeouts(driver, LONG);
  const isThere = await driver.refresh();
  if (!isThere) wrong.push("a refresh after it finds nothing");
  await driver.up(given);
  return [...wrong, ...subject.untrue(driver.state, cloud)];
}

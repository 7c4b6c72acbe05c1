import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { openJournal } from "../../provider/engine/journal";
import { operation } from "../../provider/webpubsub/rotatingKeys";
import { type Cloud, type FaultRule, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";
import { runs } from "../support/runs";

// Random histories of deployments against what a client has to be able to rely on.

const ENDS = ["well", "answer lost, done", "answer lost, not done", "refused", "failed", "interrupted", "killed, done"] as const;
const MORE_ENDS = ["killed, not done", "first look refused", "second look refused"] as const;

interface Step {
  readonly month: string;
  readonly end: (typeof ENDS)[number] | (typeof MORE_ENDS)[number];
  readonly before: "nothing" | "refresh" | "idle changed" | "idle changed, refresh";
  readonly keys: "secret" | "fingerprint";
}

const step: fc.Arbitrary<Step> = fc.record({
  month: fc.constantFrom("2026-10", "2026-11", "2026-12"),
  end: fc.oneof(fc.constant("well" as const), fc.constantFrom(...ENDS, ...MORE_ENDS)),
  before: fc.constantFrom("nothing", "nothing", "refresh", "idle changed", "idle changed, refresh"),
  keys: fc.constantFrom("secret", "secret", "secret", "fingerprint"),
});

let cloud: Cloud;
let folder: string;
let setTimeRight: () => void;

beforeAll(async () => {
  setTimeRight = runTimeFaster(100);
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-histories-"));
  cloud = await startCloud();
});

afterAll(async () => {
  setTimeRight();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(cloud.failures).toEqual([]);
});

/** What the cloud does in a run that is to end so. */
function arrange({ end }: Step): void {
  const isFollowed = end === "failed" || end === "interrupted";
  Object.assign(cloud.settings, { regenerateKey: isFollowed ? "202" : "200", operationOutcome: end === "failed" ? "Failed" : "Succeeded" });
  Object.assign(cloud.settings, { keysChangeAt: end === "failed" ? "completion" : "accept", operationPolls: 3 });
  const faults: Partial<Record<Step["end"], FaultRule>> = {
    "answer lost, done": { action: "regenerateKey", mode: "reset", apply: true },
    "answer lost, not done": { action: "regenerateKey", mode: "reset" },
    refused: { action: "regenerateKey", mode: "answer", status: 403 },
    "killed, done": { action: "regenerateKey", mode: "hang", apply: true },
    "killed, not done": { action: "regenerateKey", mode: "hang" },
    "first look refused": { action: "listKeys", mode: "answer", status: 403 },
    "second look refused": { action: "listKeys", nth: 2, mode: "answer", status: 403, times: 4 },
  };
  const fault = faults[end];
  if (fault !== undefined) cloud.faults.add(fault);
}

/** One history: deployments of one program, and the client that is given what each of them hands out. */
class History {
  /** The key that the client has: that of the last run that ended well. */
  held: string | undefined;
  /** How often a run was asked for another key than the run before. */
  private asked = 0;
  private theirs = 0;
  private lastMonth: string | undefined;
  private readonly driver = new HookDriver(operation, cloud);

  constructor(private readonly service: string) {
    cloud.addWebPubSub(service);
    this.driver.noteIn(openJournal(folder));
  }

  async take(next: Step): Promise<void> {
    await this.meanwhile(next);
    arrange(next);
    if (this.lastMonth !== undefined && this.lastMonth !== next.month) this.asked += 1;
    this.lastMonth = next.month;
    const { recorded } = this.driver;
    const lastRun = recorded?.state["lastRun"] as { outcome: string } | undefined;
    const triggers = recorded?.state["triggers"] as { month: string } | undefined;
    const isAsked = recorded !== undefined && (lastRun?.outcome === "unknown" || triggers?.month !== next.month);
    const isWell = await this.deploy(next);
    cloud.faults.clear();
    this.expectSafe();
    if (isWell) this.expectHandedOut(next, isAsked);
  }

  /** In the end, whatever came before, a run gets through, and the next one has nothing to do. */
  async end(): Promise<void> {
    await this.take({ month: this.lastMonth ?? "2026-10", end: "well", before: "nothing", keys: "secret" });
    const from = cloud.requests.length;
    expect(await this.driver.up(this.given({ month: this.lastMonth ?? "2026-10", keys: "secret" }))).toBe("unchanged");
    expect(cloud.requests.length).toBe(from);
    this.driver.close();
  }

  private given({ month, keys }: Pick<Step, "month" | "keys">) {
    return { resourceGroupName: "chat-platform-rg", resourceName: this.service, triggers: { month }, keys };
  }

  private async meanwhile({ before }: Step): Promise<void> {
    if (this.driver.recorded === undefined) return;
    if (before.startsWith("idle changed")) {
      cloud.rotateBySomebodyElse(this.service, this.driver.state["idleKeyType"] as "Primary" | "Secondary");
      this.theirs += 1;
    }
    if (before.endsWith("refresh")) await this.driver.refresh();
  }

  /** Whether the run ended well. */
  private async deploy({ end, ...next }: Step): Promise<boolean> {
    const from = cloud.requests.length;
    const hasSeen = (isIt: (request: Cloud["requests"][number]) => boolean) => cloud.requests.slice(from).some(isIt);
    const isReached = () =>
      end === "interrupted" ? hasSeen(({ kind }) => kind === "POLL") : hasSeen(({ action }) => action === "regenerateKey");
    let isOver = false;
    const ended = this.driver
      .up(this.given(next))
      .then(() => true)
      .catch((error: Error) => {
        if (end === "well") throw error;
        return false;
      })
      .finally(() => {
        isOver = true;
      });
    if (end === "interrupted" || end.startsWith("killed")) {
      while (!isOver && !isReached()) await new Promise((resolve) => setTimeout(resolve, 100));
      if (end === "interrupted") this.driver.interrupt();
      else this.driver.kill();
    }
    const isWell = await ended;
    this.driver.close();
    this.driver.restart();
    return isWell && !(end.startsWith("killed") && !isOver);
  }

  private expectSafe(): void {
    const { primaryKey, secondaryKey } = cloud.keys(this.service);
    // Not by toContain(): its message would print the keys.
    if (this.held !== undefined && this.held !== primaryKey && this.held !== secondaryKey) throw new Error("The client is refused.");
    const ours = cloud.rotations.filter(({ name }) => name === this.service).length - this.theirs;
    if (ours > this.asked) throw new Error(`${ours} regenerations, asked for ${this.asked} times.`);
  }

  private expectHandedOut({ keys }: Step, isAsked: boolean): void {
    const now = cloud.keys(this.service);
    const { activeKeyType, activeKey } = this.driver.state;
    const handedOut = activeKeyType === "Primary" ? now.primaryKey : now.secondaryKey;
    if (activeKey !== (keys === "secret" ? handedOut : undefined)) throw new Error("What is handed out is not what the service takes.");
    if ((this.held !== undefined && this.held !== handedOut) !== isAsked) throw new Error(`Another key is handed out: ${!isAsked}.`);
    this.held = handedOut;
  }
}

it("over random histories of lost answers, refusals, interruptions, kills and other people, the client keeps its key, and no key is regenerated unasked", async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      number += 1;
      const history = new History(`chat-${number}`);
      for (const next of steps) await history.take(next);
      await history.end();
    }),
    runs(60),
  );
});

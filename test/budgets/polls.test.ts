import { operation as rotation } from "../../provider/webpubsub/keyRegeneration";
import { type Cloud, startCloud } from "../cloud";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { HookDriver } from "../support/hookDriver";
import { SimulatedTime } from "../support/simulatedTime";

// How late a rotation notices that the service has finished, and how often it asked. Simulated time: exact to the millisecond.

let cloud: Cloud;
const time = new SimulatedTime(() => cloud);

beforeEach(async () => {
  time.start();
  cloud = await startCloud();
  cloud.addWebPubSub("chat");
  cloud.settings.regenerateKey = "202";
});
afterEach(async () => {
  time.stop();
  await cloud.stop();
});

interface Course {
  readonly polls: number;
  readonly lateMs: number;
}

async function courseOf(operationMs: number, retryAfterSeconds: number | undefined): Promise<Course> {
  Object.assign(cloud.settings, { operationMs, retryAfter: retryAfterSeconds === undefined ? undefined : String(retryAfterSeconds) });
  const driver = new HookDriver(rotation, cloud);
  const startedMs = Date.now();
  await time.passes(driver.up({ resourceGroupName: "chat-platform-rg", resourceName: "chat", keyType: "Secondary" }));
  const polls = cloud.requests.filter(({ kind }) => kind === "POLL").length;
  driver.close();
  return { polls, lateMs: Date.now() - startedMs - operationMs };
}

const lengthsSeconds = [0.2, 1, 5, 30, 120, 600];
const hintsSeconds = [1, 2, 5, 15, 30];

describe("where the service says when to ask again, a rotation ends within that time and asks no more often than it must:", () => {
  it.each(lengthsSeconds.flatMap((length) => hintsSeconds.map((hint) => [length, hint] as const)))(
    "an operation of %d s, Retry-After: %d",
    async (lengthSeconds, hintSeconds) => {
      const { polls, lateMs } = await courseOf(lengthSeconds * 1_000, hintSeconds);
      expect(lateMs).toBeLessThanOrEqual(hintSeconds * 1_000);
      expect(polls).toBeLessThanOrEqual(Math.ceil(lengthSeconds / hintSeconds) + 1);
    },
  );
});

it("where it does not say, polls begin half a second apart and widen to ten: at most half as long again as the operation, or 10 s", async () => {
  const rows: string[][] = [];
  for (const lengthSeconds of lengthsSeconds) {
    const { polls, lateMs } = await courseOf(lengthSeconds * 1_000, undefined);
    cloud.requests.length = 0;
    expect(lateMs).toBeLessThanOrEqual(Math.min(10_000, Math.max(500, lengthSeconds * 500 + 500)));
    rows.push([`${lengthSeconds} s`, String(polls), `${(lateMs / 1_000).toFixed(2)} s`]);
  }
  expectDocumentPart("docs/speed.md", "polls", markdownTable(["the operation takes", "polls", "noticed so much later"], rows));
});

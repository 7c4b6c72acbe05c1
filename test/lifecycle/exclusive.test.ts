import { getEventListeners } from "node:events";
import { CanceledError, DeadlineError } from "../../provider/errors";
import { openedRun, RecordingHost, RUN_URN } from "./surroundings";

/** Work whose end is in the test's hand. */
function heldWork(log: string[], name: string) {
  let finish: (error?: Error) => void = () => {};
  const work = () => {
    log.push(`${name} starts`);
    return new Promise<string>((resolve, reject) => {
      finish = (error) => {
        log.push(`${name} ends`);
        if (error === undefined) resolve(name);
        else reject(error);
      };
    });
  };
  return { work, finish: (error?: Error) => finish(error) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("exclusively", () => {
  it("runs work of one key in the order in which it came, across runs", async () => {
    const log: string[] = [];
    const [one, two, three] = ["one", "two", "three"].map((name) => heldWork(log, name));
    const results = [one, two, three].map((held) => openedRun().run.exclusively("service", held?.work as () => Promise<string>));
    for (const held of [one, two, three]) {
      await settled();
      held?.finish();
    }
    expect(await Promise.all(results)).toEqual(["one", "two", "three"]);
    expect(log).toEqual(["one starts", "one ends", "two starts", "two ends", "three starts", "three ends"]);
  });

  it("goes on after a failure, which reaches its own caller alone", async () => {
    const { run } = openedRun();
    const failing = run.exclusively("failing", async () => {
      throw new Error("first");
    });
    const next = run.exclusively("failing", async () => "second");
    await expect(failing).rejects.toThrow("first");
    expect(await next).toBe("second");
    const thrown = run.exclusively("failing", () => {
      throw new Error("not even a promise");
    });
    await expect(thrown).rejects.toThrow("not even a promise");
    expect(await run.exclusively("failing", async () => "fourth")).toBe("fourth");
  });

  it("runs work of different keys side by side", async () => {
    const log: string[] = [];
    const [a, b] = [heldWork(log, "a"), heldWork(log, "b")];
    const { run } = openedRun();
    const both = [run.exclusively("a", a.work), run.exclusively("b", b.work)];
    await settled();
    b.finish();
    a.finish();
    await Promise.all(both);
    expect(log).toEqual(["a starts", "b starts", "b ends", "a ends"]);
  });
});

describe("who waits for another one of the same key", () => {
  const never = () => Promise.reject(new Error("this was not to be started"));

  it("says so on its own row, and who is first says nothing", async () => {
    const held = heldWork([], "held");
    const [first, second] = [openedRun(), openedRun({ timeoutMs: 1_800_000 })];
    const both = [first.run.exclusively("told", held.work), second.run.exclusively("told", async () => "second")];
    await settled();
    held.finish();
    await Promise.all(both);
    const message =
      "waiting 0 s, 30 min left: another resource of this run is at work on the same service, which takes one write at a time";
    expect([first.host.lines, second.host.lines]).toEqual([[], [{ severity: "info", urn: RUN_URN, ephemeral: true, message }]]);
  });

  it.each([
    [
      "its time is up",
      { timeoutMs: 30 },
      DeadlineError,
      "Gave up after 0 s in which another resource of this run was at work on the same service. Nothing was sent. ",
    ],
    [
      "the run is canceled",
      {},
      CanceledError,
      "Canceled while another resource of this run was at work on the same service. Nothing was sent.",
    ],
  ] as const)(
    "leaves without having done anything when %s, and those behind it go on waiting for the first one",
    async (why, options, kind, words) => {
      const log: string[] = [];
      const [held, last] = [heldWork(log, "held"), heldWork(log, "last")];
      const leaver = openedRun(options);
      const first = openedRun().run.exclusively(why, held.work);
      const leaves = leaver.run.exclusively(why, never);
      const behind = openedRun().run.exclusively(why, last.work);
      if (kind === CanceledError) leaver.host.cancel.abort();
      const refusal: unknown = await leaves.catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(kind);
      expect((refusal as Error).message).toContain(words);
      await settled();
      expect(log).toEqual(["held starts"]);
      held.finish();
      await first;
      await settled();
      last.finish();
      await behind;
      expect(log).toEqual(["held starts", "held ends", "last starts", "last ends"]);
    },
  );

  it("does not start after a cancel, and leaves no listener behind", async () => {
    const held = heldWork([], "held");
    const host = new RecordingHost();
    const first = openedRun({ host }).run.exclusively("listeners", held.work);
    const waiting = Array.from({ length: 9 }, () => openedRun({ host }).run.exclusively("listeners", async () => "done"));
    await settled();
    expect(getEventListeners(host.canceled, "abort")).toHaveLength(9);
    held.finish();
    await Promise.all([first, ...waiting]);
    expect(getEventListeners(host.canceled, "abort")).toEqual([]);
    host.cancel.abort();
    const again = openedRun().run.exclusively("listeners", heldWork([], "again").work);
    await expect(openedRun({ host }).run.exclusively("listeners", never)).rejects.toBeInstanceOf(CanceledError);
    expect(getEventListeners(host.canceled, "abort")).toEqual([]);
    void again;
  });
});

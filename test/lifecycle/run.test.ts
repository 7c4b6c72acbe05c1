import { CanceledError, DeadlineError } from "../../provider/errors";
import { openedRun, RecordingCarrier, RecordingHost, RUN_URN } from "./surroundings";

describe("wait", () => {
  it("refuses at once a wait that the deadline would end, saying what was waited for and what to do", async () => {
    const { run, host } = openedRun({ timeoutMs: 30_000 });
    const startedMs = Date.now();
    const refusal = run.wait(31_000, "the private endpoint connection to appear");
    await expect(refusal).rejects.toBeInstanceOf(DeadlineError);
    await expect(refusal).rejects.toThrow(
      "Gave up after 30 s waiting for the private endpoint connection to appear. Raise the timeout (customTimeouts or the timeouts argument) if it takes longer, then run again.",
    );
    expect(Date.now() - startedMs).toBeLessThan(1_000);
    expect(host.lines).toEqual([]);
  });

  it("shows on the resource's own row what is waited for and how long is left, for as long as it waits", async () => {
    const { run, host } = openedRun({ timeoutMs: 600_000 });
    await run.wait(1, "the instance to become Normal");
    expect(host.lines).toEqual([
      {
        severity: "info",
        urn: RUN_URN,
        ephemeral: true,
        message: "waiting 0 s, 10 min left, for the instance to become Normal; again in 1 s",
      },
    ]);
  });

  it.each([
    [30 * 60_000 - 3_000, "30 min"],
    [120_000, "2 min"],
    [119_000, "1 min 59 s"],
    [7_000, "7 s"],
  ])("tells what is left of %i ms in few characters: %s", async (leftMs, spoken) => {
    const { run, host } = openedRun({ timeoutMs: 30 * 60_000 });
    const startedMs = Date.now();
    const clock = jest.spyOn(Date, "now").mockReturnValue(startedMs + 30 * 60_000 - leftMs);
    try {
      await run.wait(1, "it");
    } finally {
      clock.mockRestore();
    }
    expect(host.sentences()).toEqual([expect.stringMatching(new RegExp(`^waiting [^,]+, ${spoken} left, for it; again in 1 s$`))]);
  });

  it("ends at once when the engine cancels, and does not start after it", async () => {
    const { run, host } = openedRun();
    const waiting = run.wait(50_000, "the operation to end");
    const startedMs = Date.now();
    host.cancel.abort();
    await expect(waiting).rejects.toEqual(new CanceledError("Canceled while waiting for the operation to end."));
    await expect(run.wait(50_000, "another")).rejects.toBeInstanceOf(CanceledError);
    expect(Date.now() - startedMs).toBeLessThan(1_000);
  });

  it("leaves no listener behind", async () => {
    const { run, host } = openedRun();
    const remove = jest.spyOn(host.canceled, "removeEventListener");
    for (let round = 0; round < 20; round += 1) await run.wait(0, "nothing");
    expect(remove).toHaveBeenCalledTimes(20);
  });
});

describe("a run", () => {
  it("says at its end what was done and under which request id, in a line that can stand alone, and waits until it was heard", async () => {
    const host = Object.assign(new RecordingHost(), { heard: jest.fn(async () => undefined) });
    const { run } = openedRun({ host });
    run.done("patched title of backend orders; the service's answer shows it so.", "r-1");
    run.done("sent nothing.");
    await run.close(true);
    const line = { severity: "info", urn: RUN_URN, ephemeral: false };
    expect(host.lines).toEqual([
      { ...line, message: "service.Class name: patched title of backend orders; the service's answer shows it so. Request id: r-1." },
      { ...line, message: "service.Class name: sent nothing." },
    ]);
    expect(host.heard).toHaveBeenCalledTimes(1);
  });

  const answer = { status: 200, headers: {}, body: {}, requestId: "r", correlationId: "c" };
  const request = { cloud: "azure", method: "GET", path: ["a"], apiVersion: "1", repeat: "read", answer: "object" } as const;

  it("gives every request its deadline, the engine's cancel and one client request id", async () => {
    const carrier = new RecordingCarrier([answer, answer]);
    const { run, host } = openedRun({ carrier, timeoutMs: 5_000 });
    const openedMs = Date.now();
    await run.send(request);
    await run.send(request);
    const [first, second] = carrier.options;
    expect(first?.deadlineMs).toBeGreaterThan(openedMs);
    expect(first?.deadlineMs).toBeLessThanOrEqual(openedMs + 5_000);
    expect(first?.signal).toBe(host.canceled);
    expect(first?.clientRequestId).toMatch(/^[0-9a-f]{8}-/);
    expect(second?.clientRequestId).toBe(first?.clientRequestId);
    expect(openedRun().run).not.toBe(run);
  });

  it("tells of a wait of the transport on the resource's own row", async () => {
    const carrier = new RecordingCarrier([answer]);
    const { run, host } = openedRun({ carrier });
    await run.send(request);
    carrier.options[0]?.onWait(12_000, "API Management is busy (429)");
    expect(host.lines).toEqual([
      expect.objectContaining({
        urn: RUN_URN,
        ephemeral: true,
        message: "waiting 0 s, 1 min left: API Management is busy (429); again in 12 s",
      }),
    ]);
  });

  it("keeps what an operation says", () => {
    const { run, host } = openedRun();
    run.say("warning", "left title as it is");
    expect(host.lines).toEqual([{ severity: "warning", urn: RUN_URN, ephemeral: false, message: "left title as it is" }]);
  });
});

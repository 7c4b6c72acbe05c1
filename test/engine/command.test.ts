import { CommandLimitError, startCommand } from "./command";

function node(script: string, limitMs = 20_000) {
  const environment = { PATH: process.env.PATH ?? "" };
  return startCommand({ command: process.execPath, args: ["-e", script], directory: __dirname, environment, limitMs });
}

describe("startCommand", () => {
  it("keeps both streams apart and in their order of arrival", async () => {
    const result = await node(`
      console.log("first");
      setTimeout(() => console.error("second"), 100);
      setTimeout(() => { console.log("third"); process.exitCode = 3; }, 200);`).result;
    expect(result).toMatchObject({
      exitCode: 3,
      stdout: "first\nthird\n",
      stderr: "second\n",
      output: "first\nsecond\nthird\n",
    });
    expect(result.durationMs).toBeGreaterThanOrEqual(200);
  });

  it("takes the requests of this command only", async () => {
    const taken = [["left over from before"], ["GET /a", "PUT /a"]];
    const takeRequests = () => taken.shift() ?? [];
    const environment = { PATH: process.env.PATH ?? "" };
    const options = {
      command: process.execPath,
      args: ["-e", ""],
      directory: __dirname,
      environment,
      limitMs: 20_000,
      takeRequests,
    };
    expect((await startCommand(options).result).requests).toEqual(["GET /a", "PUT /a"]);
  });

  it("ends a command at its limit and shows what it had printed", async () => {
    const running = node(`console.log("so far"); setInterval(() => {}, 1000);`, 1_000);
    const error = await running.result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandLimitError);
    expect(error).toMatchObject({
      output: "so far\n",
      message: expect.stringContaining("within 1 s. It printed:\nso far"),
    });
    expect(() => process.kill(running.processId, 0)).toThrow("ESRCH");
  });

  it("waits for a text, and says what came instead when the command ends without it", async () => {
    const running = node(`console.log("ready"); setTimeout(() => {}, 300);`);
    await running.waitForOutput(/read./);
    await expect(running.waitForOutput("never")).rejects.toThrow("ended without printing never:\nready");
  });

  it("interrupts the command alone and counts its end as a shell does", async () => {
    const running = node(`console.log("ready"); setInterval(() => {}, 1000);`);
    await running.waitForOutput("ready");
    running.interrupt();
    expect((await running.result).exitCode).toBe(130);
  });
});

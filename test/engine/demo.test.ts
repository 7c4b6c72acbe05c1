import path from "node:path";
import { STEPS } from "../../demo/story";
import { scripts } from "../../package.json";
import { folded, textOf } from "../documents/documents";
import { runCommand } from "./command";
import { isolatedEnvironment } from "./environment";
import { repositoryDirectory } from "./repository";
import { bringLimitMs } from "./testEngine";

// The first command of the README, without the build, which other tests stand on.

it(
  "npm run demo runs the whole story, without an account, and finds everything as it is promised",
  async () => {
    const environment = isolatedEnvironment();
    environment.PATH = [path.join(repositoryDirectory, "node_modules/.bin"), environment.PATH].join(path.delimiter);
    const [build, ...commands] = scripts.demo.split(" && ");
    expect(build).toBe("npm run build");
    const shell = { command: "bash", args: ["-c", commands.join(" && ")], directory: repositoryDirectory };
    const { exitCode, output } = await runCommand({ ...shell, environment, limitMs: bringLimitMs });
    expect([exitCode, exitCode === 0 ? "" : output]).toEqual([0, ""]);
    expect(output).toContain("Requests by step:");
    expect(output).not.toContain("NOT AS PROMISED");
  },
  bringLimitMs,
);

it("the README says in order what it does", () => {
  expect(folded(textOf("README.md"))).toContain("local cloud: preview, up, change, drift, repair, destroy, every request counted");
  const steps = [/^preview/, /^up/, /change: /, /somebody else's change is seen/, /is repaired/, /^destroy/];
  const found = steps.map((step) => STEPS.findIndex(({ title }) => step.test(title)));
  expect(found).toEqual([...found].sort((one, other) => one - other));
  expect(found[0]).toBe(0);
});

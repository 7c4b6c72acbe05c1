import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Cloud, startCloud } from "../test/cloud";
import { bringEngine } from "../test/engine/bring";
import { foreignProject } from "../test/engine/project";
import { createStack, type Stack } from "../test/engine/stack";
import { byOperation, type Calls, OPERATIONS, type OperationName } from "./calls";
import { endState, prepare, STEPS, type Step } from "./story";

// The whole story of examples/index.ts, run by the real engine against the local cloud, with every request counted.

const REPOSITORY = path.resolve(__dirname, "../..");
const say = (text: string) => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const engine = await bringEngine({ progress: (line) => say(`  ${line}`) });
  const startedMs = Date.now();
  say(`Engine: pulumi ${engine.version} (${engine.source})`);
  say("Packing the package and installing it in a project of its own, as a user would …");
  const projectDirectory = await foreignProject({});
  const cloud = await startCloud();
  const { privateEndpointId } = prepare(cloud);
  const ordersToken = randomBytes(24).toString("base64url");
  const stack = await createStack({
    engine,
    projectDirectory,
    program: readFileSync(path.join(REPOSITORY, "examples/index.ts"), "utf8"),
    environment: cloud.environment,
    takeRequests: () => cloud.takeRequests(),
    config: { cachePrivateEndpointId: privateEndpointId, ordersToken: { secret: ordersToken } },
    limitMs: 110_000,
    name: "demo",
  });
  say(`The local cloud listens at ${cloud.url}. The program is examples/index.ts.`);
  try {
    const differences = await tell(stack, cloud, [ordersToken]);
    say(`\nTook ${Math.round((Date.now() - startedMs) / 1000)} s with the engine there.`);
    for (const difference of differences) say(`NOT AS PROMISED: ${difference}`);
    return differences.length === 0 ? 0 : 1;
  } finally {
    await stack.dispose();
    await cloud.stop();
  }
}

async function tell(stack: Stack, cloud: Cloud, secrets: string[]): Promise<string[]> {
  const differences: string[] = [];
  const seen: { step: Step; calls: Calls }[] = [];
  let printed = "";
  for (const [index, step] of STEPS.entries()) {
    say(`\n━━ ${index + 1}/${STEPS.length}  ${step.title}`);
    if (step.before !== undefined) say(`   ${step.before.says}`);
    await stack.setConfigs(step.before?.config ?? {});
    step.before?.change?.(cloud);
    const result = await watched(stack, step.command);
    const calls = byOperation(result.requests);
    printed += result.output + stack.stateFileText();
    seen.push({ step, calls });
    say(
      result.requests.length === 0
        ? "   The cloud received nothing."
        : `   The cloud received:\n${result.requests.map((line) => `     ${line}`).join("\n")}`,
    );
    if (result.exitCode !== 0) return [...differences, `${step.command} ended with exit code ${result.exitCode}`];
    differences.push(...compare(step, calls, result.output));
  }
  const leaked = [...cloud.secrets, ...secrets].filter((secret) => printed.includes(secret));
  const end: [string, boolean][] = [
    ...endState(cloud),
    ["no secret is in any output, and none in the state but as ciphertext", leaked.length === 0],
  ];
  differences.push(...end.filter(([, holds]) => !holds).map(([sentence]) => `at the end: ${sentence}`));
  if (differences.length === 0) say(`\n${table(seen)}\n\nAnd at the end:\n${end.map(([sentence]) => `  ✓ ${sentence}`).join("\n")}`);
  return differences;
}

/** Runs a command and shows the engine's own output, line by line, while it comes. */
async function watched(stack: Stack, command: Step["command"]) {
  const consent = command === "preview" ? [] : ["--yes", "--skip-preview"];
  const running = stack.start([command, ...consent]);
  let shown = 0;
  const showLines = (until: number) => {
    const lines = running.output().slice(shown, until).split("\n");
    shown = until;
    for (const line of lines) if (line.trim() !== "") say(`   │ ${line}`);
  };
  const timer = setInterval(() => showLines(running.output().lastIndexOf("\n") + 1), 100);
  try {
    return await running.result;
  } finally {
    clearInterval(timer);
    showLines(running.output().length);
  }
}

function compare(step: Step, calls: Calls, output: string): string[] {
  const differences = step.prints.filter((pattern) => !pattern.test(output)).map((pattern) => `${step.command} did not print ${pattern}`);
  const names = new Set([...Object.keys(calls), ...Object.keys(step.calls)]) as Set<OperationName>;
  for (const name of names) {
    if (isDeepStrictEqual(calls[name] ?? [], step.calls[name] ?? [])) continue;
    differences.push(
      `${step.title}: ${name} sent [${calls[name]?.join(", ") ?? ""}], promised was [${step.calls[name]?.join(", ") ?? ""}]`,
    );
  }
  return differences;
}

function table(seen: { step: Step; calls: Calls }[]): string {
  const count = (name: OperationName, index: number) => String(seen[index]?.calls[name]?.length ?? 0);
  const rows = (Object.keys(OPERATIONS) as OperationName[]).map((name) => [
    name,
    ...seen.map((_, index) => count(name, index)),
    PROVEN[name],
  ]);
  const header = ["operation", ...seen.map(({ step }, index) => `${index + 1} ${step.command}`), "what was proven"];
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  return ["Requests by step:", line(header), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

const PROVEN: Record<OperationName, string> = {
  "redisenterprise.PrivateEndpointConnection": "waits for the connection, approves it once, leaves it at destroy",
  "apimanagement.BackendPatch": "writes its own fields only, repairs drift, restores them at destroy",
  "apimanagement.BackendReconnect": "runs when the patch lands, at nothing else",
  "webpubsub.KeyRegeneration": "one POST per trigger, seen in the keys, never on refresh",
  "kvstore.DirectConnection": "allocated once, waited for, released at destroy",
};

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);

import { readFileSync } from "node:fs";
import path from "node:path";
import { expectDocument } from "../support/generatedDocument";
import { terminalPicture } from "../support/terminalPicture";
import { succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

// The picture in README is of a real run of the example beside it.

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService("apim-prod");
    cloud.addBackend("apim-prod", "orders", { title: "Orders", url: "https://orders.example.com/", protocol: "http" });
  });
  const program = readFileSync(path.resolve(__dirname, "../../examples/apimanagement-backend-patch.ts"), "utf8");
  stack = await world.stack(program, { language: "typescript", name: "prod" });
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

/** What a colleague's run shows too: no times, no name of a test. */
function lasting(output: string): string {
  return output
    .replaceAll(stack.directory, "")
    .replace(/patchbay-test-/g, "chat-")
    .replace(/ \(\d+(?:\.\d+)?m?s\)/g, "")
    .replace(/\n[^\n]*Duration:[^\n]*/g, "\n")
    .replace(/^[^\n]*@ previewing update[^\n]*\n/gm, "");
}

it.each([
  [80, "docs/terminal.svg"],
  [120, "docs/terminal-wide.svg"],
])("a preview at %i columns is the picture %s", async (columns, file) => {
  const command = "pulumi preview --non-interactive";
  const { output } = succeeded(await stack.shell(`${command} --color always`, ""));
  expectDocument(
    file,
    terminalPicture(`\u001b[1m$ ${command}\u001b[0m\n${lasting(output)}`, columns, `What ${command} prints for a BackendPatch`),
  );
});

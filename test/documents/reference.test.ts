import { readFileSync } from "node:fs";
import path from "node:path";
import { showing } from "../../provider/engine/words";
import { startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { expectDocumentPart } from "../support/generatedDocument";
import { HookDriver } from "../support/hookDriver";
import { argumentsTable, outputsTable, withoutSentence } from "./memberTables";
import { exampleOf, namesOf, type Page, pages } from "./pages";
import { permissionsInReadme, permissionsOf, roleOf } from "./permissions";

const fenced = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;

interface Told {
  /** By the preview of a program, and by that of a later one. */
  readonly before: string;
  /** At the end of the run of each, and of a destroy. */
  readonly after: string;
}

async function toldOf(page: Page): Promise<Told> {
  const cloud = await startCloud();
  page.prepare(cloud);
  const driver = new HookDriver(page.operation, cloud);
  const first = page.operation.announce(page.given, showing(page.operation));
  await driver.up({ ...page.given });
  driver.said.length = 0;
  const { changes, replaces = [] } = await driver.preview({ ...page.later, __provider: "text" });
  expect(changes).toBe(true);
  const title = page.operation.name.replace("/", ".");
  const later = driver.said.filter((line) => line.startsWith("info")).map((line) => line.replace(`info: ${title}: `, ""));
  const replaced = replaces.length === 0 ? [] : [`(the engine shows a replacement: ${replaces.join(", ")} changed)`];
  await driver.up({ ...page.later });
  await driver.destroy();
  driver.close();
  await cloud.stop();
  const after = driver.ends.map((end) => end.replace(/Request id: [\w-]+/, "Request id: …"));
  return { before: [first, ...later, ...replaced].join("\n\n"), after: after.join("\n\n") };
}

let setTimeRight: () => void;
beforeAll(() => {
  setTimeRight = runTimeFaster(40);
});
afterAll(() => setTimeRight());

describe.each(pages.map((page) => [page.operation.name, page] as const))("the page of %s", (_name, page) => {
  const { page: file, className } = namesOf(page);

  it("has a sentence for each member", () => expect(withoutSentence(page)).toEqual([]));

  it("shows the arguments as they are declared", () => expectDocumentPart(file, "arguments", argumentsTable(page)));

  it("shows the outputs as they are declared", () => expectDocumentPart(file, "outputs", outputsTable(page)));

  it("shows the example that is compiled and run", () => {
    const example = readFileSync(path.join(__dirname, "../../examples", exampleOf(page)), "utf8").trim();
    expectDocumentPart(file, "example", fenced("ts", example));
  });

  it("shows what previews say, and what a run says when it is done", async () => {
    const { before, after } = await toldOf(page);
    expectDocumentPart(file, "preview", fenced("text", before));
    expectDocumentPart(file, "done", fenced("text", after));
  });

  it("shows the permissions of the requests that it sends, as a role, and the README the same", async () => {
    const needed = await permissionsOf(page, startCloud);
    const role = roleOf(className, needed);
    expectDocumentPart(file, "permissions", fenced("json", JSON.stringify(role, undefined, 2)));
    const readme = readFileSync(path.join(__dirname, "../../README.md"), "utf8");
    const own = needed.actions.filter((action) => !/\/locations\//.test(action));
    expect(permissionsInReadme(readme, page.operation.name.replace("/", "."))).toEqual(own);
  });
});

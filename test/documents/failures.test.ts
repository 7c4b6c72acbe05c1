import { readFileSync } from "node:fs";
import path from "node:path";
import { startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { HookDriver } from "../support/hookDriver";
import { folded, textOf } from "./documents";
import { type Failure, failures, failuresAnywhere, type Scene } from "./failures";
import { namesOf, pages } from "./pages";

let setTimeRight: () => void;
beforeAll(() => {
  setTimeRight = runTimeFaster(40);
});
afterAll(() => setTimeRight());

const told = new Map<Failure, string>();
const wholly = new Map<Failure, string>();

/** Ids, ports and times are of one run only. */
function lasting(message: string): string {
  return message
    .replace(/\/subscriptions\/[0-9a-f-]+\//g, "/subscriptions/…/")
    .replace(/ Request id: [\w-]+\./g, "")
    .replace(/\b[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b/g, "…")
    .replace(/127\.0\.0\.1:\d+/g, "…")
    .replace(", because this emulator was told so", "")
    .replace(/"AAAA[A-Za-z0-9+/]*="/g, '"…"');
}

describe("the remedy of a page is followed for", () => {
  it.each(
    [...failures, ...failuresAnywhere].map(
      (failure) => [`${failure.kind} of ${failure.operation.name}: ${failure.because}`, failure] as const,
    ),
  )("%s", async (_title, failure) => {
    const cloud = await startCloud();
    const drivers: HookDriver[] = [];
    const signedIn = (environment: Readonly<Record<string, string>>) => {
      const driver = new HookDriver(failure.operation, cloud, environment);
      drivers.push(driver);
      return driver;
    };
    const scene: Scene = { cloud, driver: signedIn(cloud.environment), signedIn };
    const error: unknown = await Promise.resolve(failure.provoke(scene)).then(
      () => new Error("It went well."),
      (thrown: unknown) => thrown,
    );
    expect((error as Error).name).toBe(failure.kind);
    wholly.set(failure, (error as Error).message);
    told.set(failure, lasting((error as Error).message));
    await failure.follow(scene);
    expect(cloud.failures).toEqual([]);
    for (const driver of drivers) driver.close();
    await cloud.stop();
  });
});

const row = (failure: Failure) => [told.get(failure) ?? "", failure.because, failure.remedy];

it.each(pages.map((page) => [namesOf(page).page, page] as const))("%s shows the failures of its operation", (file, { operation }) => {
  const own = failures.filter((failure) => failure.operation.name === operation.name);
  expect(own.length).toBeGreaterThan(0);
  expectDocumentPart(file, "failures", markdownTable(["it says", "because", "do"], own.map(row)));
});

it("README.md shows an error as it is told, but for its ids", () => {
  const [, shown = ""] = /For example:\n\n```\n(.*?)^```$/ms.exec(textOf("README.md")) ?? [];
  const literal = folded(shown)
    .split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/Request id: \w+$/, "Request id: "));
  expect([...wholly.values()]).toContainEqual(expect.stringMatching(new RegExp(`^${literal.join("[^ ]*")}$`)));
});

it("docs/errors.md has a section for each kind of error, with one as it is told", () => {
  const source = readFileSync(path.join(__dirname, "../../provider/errors.ts"), "utf8");
  const kinds = [...source.matchAll(/^export class (\w+Error) /gm)].map(([, name]) => name as string);
  const all = [...failuresAnywhere, ...failures];
  const sections = [...kinds, "PartialStateError"].map((kind) => {
    const failure = all.find((each) => each.kind === kind);
    return failure === undefined ? [kind] : [kind, failure.because, told.get(failure) ?? "", failure.remedy];
  });
  // A mistake of this package has no remedy that could be followed.
  expect(sections.filter(([, because]) => because === undefined)).toEqual([["ProviderBugError"]]);
  const text = sections.flatMap(([kind = "", because, message = "", remedy = ""]) =>
    because === undefined ? [] : [`## ${kind}\n\nFor example: ${because}.\n\n\`\`\`text\n${message}\n\`\`\`\n\nDo: ${remedy}.`],
  );
  expectDocumentPart("docs/errors.md", "kinds", text.join("\n\n"));
});

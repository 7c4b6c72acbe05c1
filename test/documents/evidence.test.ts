import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { folded, repository, textOf } from "./documents";
import { PROSE } from "./evidence/prose";
import { README } from "./evidence/readme";
import { RESOURCES } from "./evidence/resources";
import { SECURITY } from "./evidence/security";
import type { Statement } from "./evidence/statement";
import { TROUBLESHOOTING } from "./evidence/troubleshooting";

// What pages promise, and the tests that hold it: a promise without a test, and a test that is there no more, fail here.

const PAGES: Readonly<Record<string, readonly Statement[]>> = {
  "README.md": README,
  "SECURITY.md": SECURITY,
  "docs/troubleshooting.md": TROUBLESHOOTING,
  ...Object.fromEntries(Object.entries(RESOURCES).map(([name, statements]) => [`docs/resources/${name}.md`, statements])),
};

/** Items of lists, paragraphs with a bold beginning, and rows of hand-written tables: what is promised is written so. */
function promisesOf(file: string): string[] {
  const text = textOf(file)
    .replace(/<!-- (\w+):begin -->.*?<!-- \1:end -->/gs, "")
    .replace(/^```.*?^```$/gms, "");
  const items = text.match(/^(?:- |\*\*).*(?:\n(?!- |\n).*)*/gm) ?? [];
  const ROWS = /^SECURITY|troubleshooting/.test(file) ? /^\|(?! what you see| secret |[ -]*---).*/gm : /^\| `[a-z]+\.[A-Z].*/gm;
  return [...items, ...(text.match(ROWS) ?? [])].map(folded).filter((item) => !/^\*\*What it will not do/.test(item));
}

it.each(Object.entries(PAGES))("%s promises nothing in its lists and tables for which no test is named", (file, statements) => {
  expect(promisesOf(file).length).toBeGreaterThan(0);
  expect(promisesOf(file).filter((promise) => !statements.some(([words]) => promise.includes(words)))).toEqual([]);
});

const all = Object.entries({ ...PAGES, ...PROSE }).flatMap(([file, statements]) =>
  statements.map(([words, ...tests]) => [file, words, tests] as const),
);

it.each(all)("%s: %s", (file, words, tests) => {
  expect(folded(textOf(file))).toContain(words);
  const missing = tests.filter((test) => {
    const [, name = "", title = ""] = /^([\w/.]+\.ts): (.+)$/.exec(test) ?? [];
    return !existsSync(path.join(repository, "test", name)) || !textOf(`test/${name}`).includes(title);
  });
  expect(missing).toEqual([]);
});

it("messages that docs/troubleshooting.md quotes stand in a test of their row, or in the code that tells them", () => {
  const quotes = TROUBLESHOOTING.flatMap(([words, ...tests]) =>
    [...words.matchAll(/`([^`]+)`/g)].map(([, quoted = ""]) => ({ quoted: folded(quoted.replaceAll("…", "")), tests })),
  );
  const told = readdirSync(path.join(repository, "provider"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => textOf(`provider/${name}`));
  const isIn = ({ quoted, tests }: (typeof quotes)[number]) =>
    tests.some((test) => textOf(`test/${test.split(":")[0]}`).includes(quoted)) || told.some((text) => text.includes(quoted));
  expect(quotes.filter((quote) => !isIn(quote)).map(({ quoted }) => quoted)).toEqual([]);
});

it("every page of a resource is among them", () => {
  expect(readdirSync(path.join(repository, "docs/resources")).sort()).toEqual(
    Object.keys(RESOURCES)
      .map((name) => `${name}.md`)
      .sort(),
  );
});

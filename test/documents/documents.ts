import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const repository = path.resolve(__dirname, "../..");

/** Every page for people, below the repository: `README.md`, `docs/errors.md`. */
export const documents: readonly string[] = [
  ...["README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md"],
  ...readdirSync(path.join(repository, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join("docs", file))
    .sort(),
];

/** A file of the repository. */
export function textOf(name: string): string {
  return readFileSync(path.join(repository, name), "utf8");
}

/** A text as one line, so that it does not matter where its lines end. */
export function folded(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** What stands in backquotes outside of blocks of code. */
export function codeIn(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, "");
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);
}

/** A file that a page shows: the block of code that is marked with `file=`. */
export function shownFile(page: string, file: string): string {
  const blocks = [...textOf(page).matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)];
  const [, , text] = blocks.find(([, name]) => name === file) ?? [];
  if (text === undefined) throw new Error(`${page} shows no ${file}.`);
  return text;
}

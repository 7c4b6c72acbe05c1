import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const repository = path.resolve(__dirname, "../..");

/**
 * Fails when a committed document is not what a test has just generated; with PATCHBAY_WRITE_DOCUMENTS=1 it is written.
 * @param name below the repository: `docs/dependencies.md`
 */
export function expectDocument(name: string, text: string): void {
  const file = path.join(repository, name);
  if (process.env.PATCHBAY_WRITE_DOCUMENTS === "1") {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  // The command that mends it stands in the message, because a difference is all that jest shows.
  const stored = existsSync(file) ? readFileSync(file, "utf8") : "missing: run the test with PATCHBAY_WRITE_DOCUMENTS=1";
  expect(stored).toBe(text);
}

/** The part of a document between two comments is generated, the rest is written by hand. */
export function expectDocumentPart(name: string, part: string, text: string): void {
  expectDocument(name, withPart(readFileSync(path.join(repository, name), "utf8"), part, text));
}

/** A document with another text in one of its generated parts. */
export function withPart(document: string, part: string, text: string): string {
  const { from, to } = placeOf(document, part);
  return `${document.slice(0, from)}\n${text}\n${document.slice(to)}`;
}

/** What stands in a generated part. */
export function partOf(document: string, part: string): string {
  const { from, to } = placeOf(document, part);
  return document.slice(from, to).trim();
}

function placeOf(document: string, part: string): { from: number; to: number } {
  const [begin, end] = [`<!-- ${part}:begin -->`, `<!-- ${part}:end -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`There is no part between ${begin} and ${end}.`);
  return { from: from + begin.length, to };
}

/** The beginning of a page that is generated as a whole: what Pulumi's registry shows of it, and its heading. */
export function pageHeading(title: string, description: string): string {
  return `---\ntitle: ${title}\nmeta_desc: ${JSON.stringify(description)}\nlayout: package\n---\n\n# ${title}`;
}

/** A Markdown table; cells are escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

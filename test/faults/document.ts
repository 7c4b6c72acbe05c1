import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expectDocument, expectDocumentPart, markdownTable, pageHeading } from "../support/generatedDocument";
import type { Row } from "./row";
import { rows } from "./rows";
import { hasTwin, rowsOf, type Table } from "./table";
import { tables } from "./tables";

const NAME = "docs/fault-matrix.md";
const FILE = path.resolve(__dirname, "../..", NAME);
const SAME_AS_TWIN = "·";
const NOT_THERE = "–";

/** The texts of a table's cells, by the title of the column and the fault. */
export type Results = ReadonlyMap<string, ReadonlyMap<Row, string>>;

/** Compares a table's part of the document with what has just been found, or writes it. */
export function expectTable(table: Table, results: Results): void {
  if (process.env["PATCHBAY_WRITE_DOCUMENTS"] === "1") expectFrame();
  expectDocumentPart(NAME, partOf(table), page(table, results));
}

/** Compares everything around the tables. */
export function expectFrame(): void {
  expectDocument(NAME, frame(existsSync(FILE) ? readFileSync(FILE, "utf8") : ""));
}

export function cellsIn(table: Table): number {
  return table.columns.reduce((sum, column) => sum + rowsOf(table, column, rows).length, 0);
}

function partOf({ title }: Table): string {
  return title.replaceAll(" ", "-");
}

function page(table: Table, results: Results): string {
  const lines = rows.map((row) => ({ names: [row.name], cells: table.columns.map(({ title }) => shown(row, results.get(title))) }));
  const told = lines.filter(({ cells }) => cells.some((cell) => cell !== NOT_THERE && cell !== SAME_AS_TWIN));
  const head = ["fault", ...table.columns.map(({ title }) => title)];
  const body = grouped(told).map(({ names, cells }) => [names.join("<br>"), ...cells]);
  return `${cellsIn(table)} cells.\n\n${markdownTable(head, body)}`;
}

function shown(row: Row, results: ReadonlyMap<Row, string> | undefined): string {
  return results?.get(row) ?? (hasTwin(row, rows) ? SAME_AS_TWIN : NOT_THERE);
}

interface Line {
  readonly names: readonly string[];
  readonly cells: readonly string[];
}

/** Faults that come to the same in every column stand in one row. */
function grouped(lines: readonly Line[]): Line[] {
  const groups = new Map<string, Line>();
  for (const { names, cells } of lines) {
    const key = cells.join("|");
    groups.set(key, { names: [...(groups.get(key)?.names ?? []), ...names], cells });
  }
  return [...groups.values()];
}

/** The document with the tables that are stored. */
function frame(stored: string): string {
  const all = tables.reduce((sum, table) => sum + cellsIn(table), 0);
  const parts = tables.map((table) => `## ${table.title}\n\n${partIn(stored, partOf(table))}\n`);
  return `${introduction(all)}\n${parts.join("\n")}`;
}

function partIn(stored: string, part: string): string {
  const [begin, end] = [`<!-- ${part}:begin -->`, `<!-- ${part}:end -->`];
  const [from, to] = [stored.indexOf(begin), stored.indexOf(end)];
  return from < 0 || to < from ? `${begin}\n${end}` : stored.slice(from, to + end.length);
}

function introduction(cells: number): string {
  return `${pageHeading("The fault matrix", "What pulumi-patchbay does under every fault at every request of its operations.")}

Every request of every operation meets every fault, once and, where that is something else, for ever: ${cells} cells. A fault of a write is
tried twice, with a service that carried the request out and with one that did not. Each cell is a run under the fault, the next run
without it, and one more, through the package's own transport, against a local cloud on real sockets; only time is simulated.
RotatingKeys sends the requests of KeyRegeneration and is not tried by itself here.

In every cell these hold, or the test fails:

1. A request that acts each time it arrives is not sent again before a read has shown that it did nothing, and nothing is done twice.
2. What is recorded describes the cloud, or says that the outcome is not known.
3. It ends within its timeout (five minutes here).
4. The error is of one of the package's classes, says what to do next on one line, and holds no secret in its message, its stack, its JSON
   or when it is printed with all its members; it says that the service may have acted when it did, and blames no other writer where there
   was none.
5. Once the fault is over, the next run brings it to its end, and one more sends nothing.
6. No request, timer, listener or connection is left behind; nothing reaches a host that was only named in a header.
7. A fault that strikes once is met as the retry table says.

How to read a cell: \`2× ok\` is what the cloud saw of that request in the run under the fault, and how the run ended.

- \`0×\`: none arrived. \`1+1×\`: sent once, then once more after a read had shown that the first had done nothing.
- Columns: \`after a lost answer\` is the look after a write that was carried out and whose answer was reset; \`found open\`, \`found done\`, \`found
  undone\` and \`found running\` are a run after one that could not find out the outcome; \`update\`, \`refresh\`, \`destroy\` are those steps, and
  \`restore\` and \`reject\` are destroys with that \`onDestroy\`; what is not named is a create.
- \`ok\`: as without the fault. A name as \`ServiceError\`, without \`Error\`: the class of the error, after which the old state stays, or none.
  \`**open**\`: an error after which the state says that the outcome is not known.
- Seconds are what the run took of the simulated time; less than one is left out. 300 is the whole timeout.
- After \`→\`, what the next run did, when the fault was over: \`looks\` and finds it done, \`sends\` it after looking, \`follows\` the operation that was
  already running.
- \`${SAME_AS_TWIN}\`: the same as in the row without "carried out", because a read or a poll carries nothing out. \`${NOT_THERE}\`: this service does not know it.

Letters in brackets, as in (nqc), are what Azure's [http-fault-injector](https://github.com/Azure/azure-sdk-tools/tree/main/tools/http-fault-injector)
calls the same fault. Faults that come to the same in all columns of a table share a row. The tests write this page and fail when it differs.
`;
}

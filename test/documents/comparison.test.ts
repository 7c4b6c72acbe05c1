import { textOf } from "./documents";

// What docs/comparison.md says of others has a source each, and what was measured is told as in docs/reliability.md.

const page = textOf("docs/comparison.md");
const [before = "", after = ""] = page.split("## Sources");
const cells = before
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .slice(2)
  .flatMap((line) => line.split("|").slice(2, -1))
  .map((cell) => cell.trim());
const numbersIn = (text: string) => [...text.matchAll(/\[(\d+)\](?!\()/g)].map(([, number]) => Number(number));
const azapiOf = (row: number) =>
  textOf("docs/reliability.md")
    .split("\n")
    .find((line) => line.startsWith(`| ${row} |`)) ?? "";

it("each statement about another tool has a source, or is about a script of one's own", () => {
  expect(cells.length).toBe(25);
  // What a script does is what its author wrote.
  expect(cells.filter((cell) => cell !== "–" && !/^a script\b|\[\d+\]/.test(cell))).toEqual(["POST at each run"]);
});

it("each source is there, in order, and is used", () => {
  const sources = [...after.matchAll(/^(\d+)\. \S/gm)].map(([, number]) => Number(number));
  expect(sources).toEqual(sources.map((_, at) => at + 1));
  expect([...new Set(numbersIn(before))].sort((one, other) => one - other)).toEqual(sources);
});

it("what was measured of azapi is told as it was measured", () => {
  const measured = after
    .split("\n")
    .find((line) => line.startsWith(`${numbersIn(cells.find((cell) => cell.startsWith("GET, then PUT")) ?? "")}. `));
  const [, commit = "none"] = /at commit (\w+)/.exec(measured ?? "") ?? [];
  expect(textOf("docs/reliability.md")).toContain(`terraform-provider-azapi at commit ${commit} `);
  expect(azapiOf(2)).toMatch(/\| 4 POSTs and 4 new keys under three 500s, [^|]*\|$/);
  expect(cells.filter((cell) => cell.startsWith("POST: up to four for one rotation under three 500s"))).toHaveLength(1);
  expect(azapiOf(21)).toMatch(/\| GET, PUT of the whole, GET, no If-Match: the foreign write lost, [^|]*\|$/);
  expect(cells.filter((cell) => cell.startsWith("GET, then PUT of everything, no ETag: a foreign write in between is lost"))).toHaveLength(
    1,
  );
});

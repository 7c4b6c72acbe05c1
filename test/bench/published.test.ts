import { readFileSync } from "node:fs";
import path from "node:path";
import { partOf } from "../support/generatedDocument";

const read = (name: string) => readFileSync(path.resolve(__dirname, "../..", name), "utf8");

it.each(["targets", "turns"])("the %s in docs/speed.md are those of bench/RESULTS.md", (part) => {
  const table = partOf(read("docs/speed.md"), part);
  expect(table.split("\n").length).toBeGreaterThan(5);
  expect(read("bench/RESULTS.md")).toContain(table);
});

it("bench/RESULTS.md is of a whole run, and says of each target whether it is met", () => {
  const results = read("bench/RESULTS.md");
  expect(results).toContain("Written by `npm run bench` on");
  expect(results).not.toContain("not measured");
});

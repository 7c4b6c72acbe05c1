import { ourSide, type Shown } from "./ourSide";
import type { Exit } from "./places";
import { cellsOf, unknownOnes, wrongCells } from "./table";

// The columns that need no engine; test/canaries/table.test.ts has them all.

let shown: Shown;
beforeAll(async () => {
  shown = await ourSide();
});

it.each<Exit>(["errors", "crash", "preview", "notes", "cloudLog", "recording"])(
  "no secret goes out by %s, and what is none is found there",
  (exit) => {
    expect(wrongCells(cellsOf(shown), [exit])).toEqual([]);
  },
);

it("no piece of a canary is found anywhere", () => {
  expect(unknownOnes(shown)).toEqual([]);
});

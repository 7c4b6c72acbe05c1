import { bringLimitMs } from "../engine/testEngine";
import { expectDocument } from "../support/generatedDocument";
import { type EngineShown, engineSide } from "./engineSide";
import { ourSide, type Shown } from "./ourSide";
import { PLACES } from "./places";
import { type Cells, cellsOf, documentOf, unknownOnes, wrongCells } from "./table";

let engine: EngineShown;
let ours: Shown;
let cells: Cells;

beforeAll(async () => {
  [engine, ours] = [await engineSide(), await ourSide()];
  cells = cellsOf(engine, ours);
}, bringLimitMs);

it("every row is planted on both sides", () => {
  for (const { canaries } of [engine, ours]) expect([...canaries.places()].sort()).toEqual(Object.keys(PLACES).sort());
});

it("no secret is found where none may be, and what is no secret is found everywhere", () => {
  expect(wrongCells(cells)).toEqual([]);
  expect([...unknownOnes(engine), ...unknownOnes(ours)]).toEqual([]);
});

it("docs/canaries.md shows what this run found", () => {
  expectDocument("docs/canaries.md", documentOf(cells));
});

import { bringLimitMs } from "../engine/testEngine";
import { expectDocument } from "../support/generatedDocument";
import { type EngineShown, engineSide } from "./engineSide";
import { ourSide, type Shown } from "./ourSide";
import { PLACES } from "./places";
import { cellsOf, documentOf, unknownOnes, wrongCells } from "./table";

let engine: EngineShown;
let ours: Shown;

beforeAll(async () => {
  [engine, ours] = [await engineSide(), await ourSide()];
}, bringLimitMs);

it("every row is planted on both sides", () => {
  for (const { canaries } of [engine, ours]) expect([...canaries.places()].sort()).toEqual(Object.keys(PLACES).sort());
});

it("no secret is found where none may be, and what is no secret is found everywhere", () => {
  expect(wrongCells(cellsOf(engine, ours))).toEqual([]);
  expect([...unknownOnes(engine), ...unknownOnes(ours)]).toEqual([]);
});

it("docs/canaries.md shows what this run found", () => {
  expectDocument("docs/canaries.md", documentOf(cellsOf(engine, ours)));
});

import { cellOf, conversationOf } from "./cell";
import { cellText } from "./cellText";
import { expectTable } from "./document";
import { brokenPromises } from "./promises";
import { Rig } from "./rig";
import type { Row } from "./row";
import { rows } from "./rows";
import { type Column, rowsOf, type Table } from "./table";

const [NO_FAULT] = rows;

/** Tries every fault at every request of one operation, and compares what came of it with the document. */
export function matrix(table: Table): void {
  const results = new Map<string, ReadonlyMap<Row, string>>();
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.build();
  });
  afterAll(() => rig.stop());

  for (const column of table.columns) {
    const faults = rowsOf(table, column, rows);
    it(`${table.title}: ${column.title} keeps every rule under ${faults.length} faults`, async () => {
      await rig.renew();
      const { texts, wrong } = await columnOf(rig, table, column, faults);
      results.set(column.title, texts);
      expect(wrong).toEqual([]);
    });
  }

  it(`${table.title}: docs/fault-matrix.md shows what came of each`, () => {
    // Without a column that was left out or broke off, its cells would be missing, which says nothing.
    expect([...results.keys()]).toEqual(table.columns.map(({ title }) => title));
    expectTable(table, results);
  });
}

async function columnOf(rig: Rig, table: Table, column: Column, faults: readonly Row[]) {
  const healthy = { rig, table, column, row: NO_FAULT as Row, name: "healthy" };
  const conversation = await conversationOf(healthy);
  const texts = new Map<Row, string>();
  const wrong: string[] = [];
  for (const [index, row] of faults.entries()) {
    const cell = await cellOf({ rig, table, column, row, name: `cell${index}` }, conversation);
    const broken = [...cell.wrong, ...brokenPromises(table, column, row, cell)];
    wrong.push(...broken.map((each) => `${row.name}: ${each}`));
    texts.set(row, cellText(table, column, row, cell));
  }
  return { texts, wrong };
}

import { rows as alibabaRows } from "./alibaba";
import { rows as answerRows } from "./answers";
import { rows as backendRows } from "./backends";
import { expectDocuments } from "./documents";
import { rows as errorRows } from "./errors";
import { rows as keyRows } from "./keys";
import { rows as pollingRows } from "./polling";
import { rows as refusalRows } from "./refusals";
import type { Findings } from "./row";
import { rows as runRows } from "./runs";
import { rows as stateRows } from "./state";
import { trustTheDoor } from "./tlsDoor";
import { rows as waitRows } from "./waits";

const groups = [alibabaRows, answerRows, backendRows, errorRows, keyRows, pollingRows, refusalRows, runRows, stateRows, waitRows];
const rows = groups.flat().sort((one, other) => one.number - other.number);
const found = new Map<number, Findings>();
let stopTrusting: () => void;

beforeAll(() => {
  stopTrusting = trustTheDoor();
});

afterAll(() => stopTrusting());

for (const row of rows) {
  it(`row ${String(row.number).padStart(2, "0")}: ${row.promise}`, async () => {
    found.set(row.number, await row.measure());
  });
}

it("docs/reliability.md and the README show what this run found in all 22 rows", () => {
  expect([...found.keys()]).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
  expectDocuments(rows, found);
});

import { isDeepStrictEqual } from "node:util";
import type { Cloud, CloudRequest } from "../cloud";

/** A table of cases, and how one of them is told and tried. */
export interface Table<Cell, Lane> {
  readonly cells: readonly Cell[];
  /** Whatever one cell at a time needs for itself; as many cells are tried at once as there are lanes. */
  readonly lanes: readonly Lane[];
  /** What should come of it, by rules that know nothing of the code under test. */
  expected(cell: Cell): unknown;
  /** What comes of it; what it throws is shown as what was seen. `number` is unique in the table. */
  seen(cell: Cell, lane: Lane, number: number): Promise<unknown>;
}

const MOST_SHOWN = 5;

/** The first cells that went otherwise than expected, a line each; after some of these no more are tried. */
export async function differences<Cell, Lane>(table: Table<Cell, Lane>): Promise<string[]> {
  const queue = table.cells.map((cell, number) => ({ cell, number }));
  const found: string[] = [];
  const follow = async (lane: Lane) => {
    for (let next = queue.shift(); next !== undefined && found.length < MOST_SHOWN; next = queue.shift()) {
      const { cell, number } = next;
      const expected = table.expected(cell);
      const seen = await table.seen(cell, lane, number).catch((error: Error) => error.message);
      if (isDeepStrictEqual(plain(seen), plain(expected))) continue;
      found.push(`${JSON.stringify(cell)}: ${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`);
    }
  };
  await Promise.all(table.lanes.map(follow));
  return found.slice(0, MOST_SHOWN);
}

/** An absent member and an undefined one are the same. */
function plain(value: unknown): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

/** Every combination of the given values. */
export function combinations<Axes extends Record<string, readonly unknown[]>>(
  axes: Axes,
): { readonly [axis in keyof Axes]: Axes[axis][number] }[] {
  const one = (cells: object[], [axis, values]: [string, readonly unknown[]]) =>
    cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value })));
  return Object.entries(axes).reduce(one, [{}]) as { readonly [axis in keyof Axes]: Axes[axis][number] }[];
}

/** What one run sent, in order: everything under the request id of a request to an address that holds `mark`, polls too. */
export function requestsAbout(cloud: Cloud, mark: string, from = 0): CloudRequest[] {
  const since = cloud.requests.slice(from);
  const ids = new Set(since.filter(({ path }) => path.toLowerCase().includes(mark)).map(({ clientRequestId }) => clientRequestId));
  return since.filter(({ clientRequestId }) => ids.has(clientRequestId));
}

/** What a promise was rejected with, or what it gave. */
export async function outcomeOf<T>(work: Promise<T>): Promise<{ readonly gave: T } | { readonly threw: Error }> {
  return work.then(
    (gave) => ({ gave }),
    (threw: Error) => ({ threw }),
  );
}

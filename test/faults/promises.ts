import type { Cell } from "./cell";
import type { Meaning, Row } from "./row";
import { actsTwice, type Column, forgives, type Promised, serviceOf, type Table } from "./table";
import { triesIn } from "./tries";

// What has to come of a fault that strikes once, from the retry table alone. It knows the columns, and nothing of the code.

/** How a cell differs from what is promised. */
export function brokenPromises(table: Table, column: Column, row: Row, { struck }: Cell): string[] {
  // The sign-in library has rules of its own.
  if (serviceOf(table, column) === "authority" || row.means === "operation") return [];
  const isWell = struck.error === undefined;
  if (row.times > 1) return isWell && !mayEndWell(column, row) ? ["it ended well although the fault never ended"] : [];
  const promised = promisedFor(column, row);
  const { tries, later } = triesIn(column, row, struck.requests);
  if (ENDS_WELL[promised] === isWell && areKept(promised, row, tries) && isLaterKept(promised, column, later)) return [];
  return [`promised: ${promised}; seen: sent ${tries} times and ${later} times later, and it ended ${isWell ? "well" : "as an error"}`];
}

const ENDS_WELL: Readonly<Record<Promised, boolean>> = {
  "good at once": true,
  "sent again": true,
  "not sent again, and well": true,
  "looked up and sent again": true,
  "not sent again, and an error": false,
};

function areKept(promised: Promised, row: Row, tries: number): boolean {
  const arrives = row.gate === undefined ? 1 : 0;
  if (promised === "good at once") return tries === 1;
  // While what was lost is being carried out, the service may refuse the next try as busy.
  return promised === "sent again" ? tries > arrives : tries === arrives;
}

function isLaterKept(promised: Promised, { afterLoss: then }: Column, later: number): boolean {
  if (promised === "looked up and sent again") return later > 0;
  return later === 0 || then === "looked up and sent again";
}

/** A fault of three times ends, and so does one after which the cloud is asked in another way. */
function mayEndWell(column: Column, row: Row): boolean {
  const isFoundOut = column.afterLoss !== undefined || column.otherwise?.(row) !== undefined;
  return row.times !== Number.POSITIVE_INFINITY || forgives(column, row) || isFoundOut;
}

function promisedFor(column: Column, row: Row): Promised {
  return column.otherwise?.(row) ?? (forgives(column, row) ? "good at once" : PROMISES[row.means](column, row));
}

const sentAgain = (): Promised => "sent again";
const error = (): Promised => "not sent again, and an error";
/** A poll that cannot be read says nothing about the operation. */
const errorUnlessPoll = (column: Column): Promised => (column.repeat === "poll" ? "sent again" : "not sent again, and an error");

const PROMISES: Readonly<Record<Meaning, (column: Column, row: Row) => Promised>> = {
  sound: () => "good at once",
  // The service surely has not acted.
  notSent: sentAgain,
  throttled: sentAgain,
  busy: sentAgain,
  unauthorized: sentAgain,
  untrusted: error,
  lost: afterLoss,
  faulted: (column, row) => (column.repeat === "guarded" ? "sent again" : afterLoss(column, row)),
  refused: errorUnlessPoll,
  askedTooLong: errorUnlessPoll,
  outdated: (column) => (column.repeat === "guarded" ? "not sent again, and well" : errorUnlessPoll(column)),
  gone: ({ hook, whenGone }) => whenGone ?? (hook === "up" ? "not sent again, and an error" : "good at once"),
  elsewhere: ({ follows }) => (follows === true ? "not sent again, and an error" : "good at once"),
  unexpected: afterUnreadable,
  tooLarge: (column, row) => (column.repeat === "poll" ? "sent again" : afterUnreadable(column, row)),
  operation: error,
};

/** An answer that cannot be read says as little as one that never came. */
function afterUnreadable(column: Column, row: Row): Promised {
  return column.afterLoss === undefined ? error() : afterLoss(column, row);
}

function afterLoss(column: Column, { acts }: Row): Promised {
  if (!actsTwice(column) || column.repeat === "converge") return "sent again";
  const isFoundOut = column.afterLoss === "looked up and sent again" || (column.afterLoss === "looked up" && acts === true);
  return isFoundOut ? "not sent again, and well" : "not sent again, and an error";
}

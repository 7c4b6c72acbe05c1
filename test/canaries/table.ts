import { markdownTable, pageHeading } from "../support/generatedDocument";
import type { EngineShown } from "./engineSide";
import type { Shown } from "./ourSide";
import { BY_DESIGN, EXITS, type Exit, MARKS, type Mark, PLACES, type Place } from "./places";

const places = Object.keys(PLACES) as Place[];
const exits = Object.keys(EXITS) as Exit[];

/** What was found in one cell: nothing, something that is there by design, or a leak. */
export type Found = "no" | "found" | Mark | "LEAK";

export type Cells = Readonly<Record<Place, Readonly<Record<Exit, Found>>>>;

/** The cells of what was shown by both sides, or of the exits of one. */
export function cellsOf(...sides: readonly (Shown | EngineShown)[]): Cells {
  const seen = (exit: Exit) => union(sides.map(({ canaries, texts }) => canaries.foundIn(texts[exit] ?? "")));
  const apart = (pick: (side: EngineShown) => string) =>
    union(sides.map((side) => ("dumps" in side ? side.canaries.foundIn(pick(side)) : new Set<string>())));
  const marked: Partial<Record<Exit, [Mark, Set<string>]>> = {
    state: ["encrypted", apart(({ decrypted }) => decrypted)],
    verbose: ["dump", apart(({ dumps }) => dumps.verbose)],
    events: ["dump", apart(({ dumps }) => dumps.events)],
  };
  const byExit = new Map(exits.map((exit) => [exit, seen(exit)]));
  const cell = (place: Place, exit: Exit): Found => {
    const isFound = byExit.get(exit)?.has(place) === true;
    if (place === "control") return controlIn(exit, isFound);
    if (isFound) return BY_DESIGN[exit]?.[place] ?? "LEAK";
    const [mark, there] = marked[exit] ?? [];
    return mark !== undefined && there?.has(place) ? mark : "no";
  };
  return Object.fromEntries(
    places.map((place) => [place, Object.fromEntries(exits.map((exit) => [exit, cell(place, exit)]))]),
  ) as unknown as Cells;
}

/** What is no secret is found, or where nothing may be found: there was something in which it was not. */
function controlIn(exit: Exit, isFound: boolean): Found {
  if (BY_DESIGN[exit]?.control !== "masked") return isFound ? "found" : "LEAK";
  return isFound ? "LEAK" : "masked";
}

function union(sets: readonly Set<string>[]): Set<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

/** Cells that are not as they have to be, `place → exit` each: what leaked, a control that was not found, a reason that nothing needs. */
export function wrongCells(cells: Cells, among: readonly Exit[] = exits): string[] {
  return places.flatMap((place) =>
    among.flatMap((exit) => {
      const found = cells[place][exit];
      const reason = BY_DESIGN[exit]?.[place];
      const isControl = place === "control" && reason === undefined;
      const isRight = isControl ? found === "found" : found !== "LEAK" && (reason === undefined || found === reason);
      return isRight ? [] : [`${PLACES[place]} → ${EXITS[exit]}: ${found}`];
    }),
  );
}

/** A canary of which too little is left to tell whose it is belongs to no row. */
export function unknownOnes(side: Shown): string[] {
  return Object.entries(side.texts).flatMap(([exit, text]) =>
    [...side.canaries.foundIn(text)].filter((place) => !(place in PLACES)).map((place) => `${exit}: ${place}`),
  );
}

export function documentOf(cells: Cells): string {
  const rows = places.map((place) => [PLACES[place], ...exits.map((exit) => cells[place][exit])]);
  const marks = Object.entries(MARKS).map(([mark, reason]) => `- **${mark}**: ${reason}`);
  const heading = pageHeading(
    "Where secrets are looked for",
    "Where planted secrets were looked for, and where they were found by design.",
  );
  return `${heading}

A row is a place where a secret comes in, a column one where it could go out. In each run of the test new values are planted in every row, alone
or within what a service answers, and looked for in every column: whole and in pieces, as they are, percent-encoded, in JSON, in base64 and in
hexadecimal digits. They are of letters alone, so that none is hidden because it looks like a key. The test writes this page and fails when a
cell differs. ${places.length} rows, ${exits.length} columns, ${places.length * exits.length} cells.

- **no**: looked for and not found.
- **found**: the control, which is no secret: a search that does not find it would find nothing.
${marks.join("\n")}

The first seven columns are the real engine's; previews, diffs and progress are also those that the provider's functions say
by themselves, called without the engine. Errors are printed with
their hidden members and causes. Crash output is what Node prints at an uncaught exception and at a rejection that nobody takes, and the
diagnostic reports that it writes, but for the list of environment variables, which Node copies into each: where credentials are in the
environment, leave \`--report-*\` off. Notes are those that runs leave behind when they are killed. Recordings are those of both sides.

A sentence of a service, of Entra ID or of the Azure CLI is meant for people and is shown. What this run knows to be secret and what is spelled as
keys are spelled is taken out of it; a foreign secret that looks like a word could not be told from one.

${markdownTable(["in", ...Object.values(EXITS)], rows)}
`;
}

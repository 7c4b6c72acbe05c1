import fc from "fast-check";
import type { Command, Ending, Foreign, ReadEnding, Sequence, Setting, Trouble } from "./commands";
import { type Member, topics } from "./vocabulary";

const title: Member = { at: "title", values: ["a", "b", null] };
/** No backend of the cloud has this one. */
const staleETag = '"AAAAAAAAAAA="';
const starts = fc.constantFrom("bare", "full", "odd");
const settings: readonly (readonly [Setting, readonly (string | null)[]])[] = [
  ["onDestroy", ["restore", "restore", "leave", null]],
  ["onConflict", ["overwrite", "fail", null]],
  ["ifMatch", ["*", "*", null, null, staleETag]],
];
const endings: readonly Ending[] = ["answered", "reset", "reset, acted", "close", "close, acted", "412", "429", "503", "503, acted"];

const readEnding: fc.Arbitrary<{ read?: ReadEnding }> = fc.oneof(
  { weight: 9, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constantFrom<ReadEnding>("reset", "close", "429", "503").map((read) => ({ read })) },
);

/** Sequences of 5 to 15 commands about the members of one topic. One shrinks to fewer, since "nothing" falls out. */
export function sequencesAbout(topic: string): fc.Arbitrary<Sequence> {
  const parts = fc.array(partAbout([title, ...(topics[topic] ?? [])]), { minLength: 5, maxLength: 8, size: "max" });
  return fc.tuple(starts, fc.constantFrom(null, "restore" as const, "restore" as const), parts).map(([start, onDestroy, all]) => {
    const commands = all.flat().slice(0, 15);
    return { start, onDestroy, commands: commands.filter((command) => command.do !== "nothing") };
  });
}

/** A command, or a few that are often given one after the other. */
function partAbout(members: readonly Member[]): fc.Arbitrary<Command[]> {
  const theirs = foreign(members.filter(({ only }) => only !== "ours"));
  const { up, destroy, edit } = own(members, theirs);
  const refresh = orNothing(readEnding.map((read) => ({ do: "refresh", ...read })));
  const preview = orNothing(fc.constant({ do: "preview" }));
  const single = (command: fc.Arbitrary<Command>) => command.map((one) => [one]);
  return fc.oneof(
    { weight: 10, arbitrary: fc.tuple(edit, up) },
    { weight: 4, arbitrary: fc.tuple(edit, edit, up) },
    { weight: 3, arbitrary: fc.tuple(orNothing(theirs), refresh, preview) },
    { weight: 4, arbitrary: single(orNothing(theirs)) },
    { weight: 2, arbitrary: single(refresh) },
    { weight: 2, arbitrary: fc.tuple(edit, preview) },
    { weight: 3, arbitrary: single(up) },
    { weight: 3, arbitrary: single(destroy) },
  );
}

function own(members: readonly Member[], theirs: fc.Arbitrary<Foreign>) {
  const troubles = fc.array(trouble(theirs), { maxLength: 3, size: "max" });
  const mostlyNone = fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: troubles });
  const sayable = members.filter(({ only }) => only !== "theirs");
  const give = oneValueOf(sayable).map(({ member, value }): Command => ({ do: "give", at: argument(member), value }));
  const drop = fc.constantFrom(...sayable).map((member): Command => ({ do: "drop", at: argument(member) }));
  const set = fc.constantFrom(...settings.flatMap(([setting, values]) => values.map((to): Command => ({ do: "set", setting, to }))));
  return {
    up: orNothing(fc.tuple(mostlyNone, readEnding).map(([met, read]) => ({ do: "up", troubles: met, ...read }))),
    destroy: orNothing(fc.tuple(mostlyNone, readEnding).map(([met, read]) => ({ do: "destroy", troubles: met, ...read }))),
    edit: orNothing(fc.oneof({ weight: 5, arbitrary: give }, { weight: 2, arbitrary: drop }, { weight: 1, arbitrary: set })),
  };
}

/** So that a command can fall out of a sequence that fails without it. */
function orNothing(command: fc.Arbitrary<Command>): fc.Arbitrary<Command> {
  const nothing = fc.constant<Command>({ do: "nothing" });
  return fc.oneof({ withCrossShrink: true }, { weight: 1, arbitrary: nothing }, { weight: 60, arbitrary: command });
}

function foreign(members: readonly Member[]): fc.Arbitrary<Foreign> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 12, arbitrary: oneValueOf(members).map(({ member, value }) => ({ do: "theirs" as const, at: member.at, value })) },
    { weight: 2, arbitrary: starts.map((as) => ({ do: "replaced" as const, as })) },
    { weight: 1, arbitrary: fc.constant<Foreign>({ do: "vanished" }) },
  );
}

function trouble(theirs: fc.Arbitrary<Foreign>): fc.Arbitrary<Trouble> {
  const how = fc.oneof({ weight: 1, arbitrary: fc.constant<Ending>("answered") }, { weight: 2, arbitrary: fc.constantFrom(...endings) });
  return fc.tuple(fc.option(theirs), how).map(([before, ends]) => (before === null ? { ends } : { before, ends }));
}

function oneValueOf(members: readonly Member[]) {
  return fc.constantFrom(...members.flatMap((member) => member.values.map((value) => ({ member, value }))));
}

function argument({ at, isExtra }: Member): string {
  return isExtra === undefined ? at : `extraProperties.${at}`;
}

import type { Json, JsonObject, Show } from "../engine/operation";
import { holds, leafAt, leavesOf, leavesOutside, overlaps, sameLeaf } from "../engine/ownership";
import { isObject, isUnknown, propertyPath } from "../engine/state";
import { backendOwnership } from "./backend";
import { whichBackend } from "./backendEnd";
import { droppedLeaves, type Remembering, rememberedBy } from "./backendPrior";
import { type BackendWish, shownLeaf, wantedOf } from "./backendWish";

/** Arguments whose change is recorded and writes nothing by itself. */
export const SETTINGS = ["ifMatch", "onConflict", "onDestroy"] as const;

interface PatchInputs extends BackendWish, Partial<Record<(typeof SETTINGS)[number], string>> {
  serviceName: string;
  backendId: string;
}

/** What an update of a patch would do, in sentences. */
export function changesOf(state: PatchInputs & Remembering, inputs: PatchInputs, show: Show): string[] {
  // Extra properties that are not known yet are no reason to speak of those that were given before.
  const areExtrasKnown = inputs.extraProperties === undefined || isObject(inputs.extraProperties);
  const given = areExtrasKnown ? inputs : { ...inputs, extraProperties: state.extraProperties };
  const wanted = wantedOf(given);
  const had = wantedOf(state);
  const shown = (path: readonly string[], value: Json) => shownLeaf(show, { path, value });
  const set = leavesOf(wanted, backendOwnership).flatMap(({ path, value }) => {
    const to = value === null ? "removed" : shown(path, value);
    if (!holds(had, path)) return [`${propertyPath(path)} (not owned so far) → ${to}`];
    const was = leafAt(had, path);
    return sameLeaf(backendOwnership, path, value, was) ? [] : [`${propertyPath(path)} ${shown(path, was)} → ${to}`];
  });
  const back = droppedLeaves(rememberedBy(state), wanted).map(({ path }) => propertyPath(path));
  const dropped = leavesOutside(had, wanted, backendOwnership).map(({ path }) => propertyPath(path));
  // A member that was removed whole, and of which only single leaves are given from now on.
  const narrowed = leavesOf(had, backendOwnership).filter((leaf) => leaf.value === null && isGivenInParts(wanted, leaf.path));
  const rest = narrowed.map(({ path }) => `the rest of ${propertyPath(path)}`);
  const released = [...dropped, ...rest].filter((leaf) => !back.includes(leaf));
  const settings = SETTINGS.filter((setting) => state[setting] !== given[setting]);
  const sentences: string[] = [];
  const where = whichBackend(given);
  if (set.length > 0) sentences.push(`will patch ${where}: ${set.join("; ")}. Nothing else of it is touched.`);
  if (back.length > 0) sentences.push(`will put back ${back.join(", ")} of ${where} where it still has the value given here.`);
  if (released.length > 0) sentences.push(`will no longer own ${released.join(", ")} of ${where}; it keeps its value.`);
  if (settings.length > 0)
    sentences.push(`will record ${settings.map((setting) => `${setting} ${show([setting], given[setting])}`).join(", ")}.`);
  if (sentences.length === 0 && isUnknown(inputs)) sentences.push(`will compare ${where} once everything is known.`);
  return sentences;
}

function isGivenInParts(wanted: JsonObject, path: readonly string[]): boolean {
  return leavesOf(wanted, backendOwnership).some((leaf) => leaf.path.length > path.length && overlaps(leaf.path, path));
}

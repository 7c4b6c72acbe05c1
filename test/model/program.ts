import type { JsonObject, JsonValue } from "../cloud";
import { isJsonObject } from "../cloud/exchange";
import type { Command, Setting } from "./commands";
import { isWithin, type Leaves, leavesOf, valueAt } from "./leaves";

export type Settings = Readonly<Partial<Record<Setting, string>>>;

type Edit = Extract<Command, { do: "give" | "drop" | "set" }>;

/** What a program says: members of the backend as arguments, and the settings. */
export interface Program {
  readonly members: JsonObject;
  readonly settings: Settings;
}

/** The arguments without those that name the backend. */
export function argumentsOf({ members, settings }: Program): JsonObject {
  return { ...members, ...settings };
}

/** The program after somebody has worked on it. */
export function edited({ members, settings }: Program, edit: Edit): Program {
  if (edit.do === "set") return { members, settings: saying(settings, edit.setting, edit.to) };
  const path = edit.at.split(".");
  return { settings, members: edit.do === "give" ? giving(members, path, edit.value) : dropping(members, path) };
}

function giving(members: JsonObject, path: readonly string[], value: JsonValue): JsonObject {
  const [member, ...deeper] = path as [string, ...string[]];
  if (deeper.length === 0) return { ...members, [member]: value };
  const inner = members[member];
  return { ...members, [member]: giving(isJsonObject(inner) ? inner : {}, deeper, value) };
}

/** A member that has lost its last one is not given either. */
function dropping(members: JsonObject, path: readonly string[]): JsonObject {
  const [member, ...deeper] = path as [string, ...string[]];
  const { [member]: inner, ...others } = members;
  if (deeper.length === 0 || !isJsonObject(inner)) return deeper.length === 0 ? others : members;
  const left = dropping(inner, deeper);
  return Object.keys(left).length === 0 ? others : { ...others, [member]: left };
}

function saying(settings: Settings, setting: Setting, to: string | null): Settings {
  const { [setting]: _, ...others } = settings;
  return to === null ? others : { ...others, [setting]: to };
}

/** What a program wants of the backend: the leaves it gives, and nothing else is owned. */
export function wantedBy({ members }: Program): Leaves {
  const [typed, extra] = parts(members);
  return new Map([...typed, ...extra]);
}

function parts({ extraProperties, ...typed }: JsonObject): [Leaves, Leaves] {
  return [leavesOf(typed), leavesOf(isJsonObject(extraProperties) ? extraProperties : {})];
}

/** Whether a preview refuses a program: it owns nothing, or says two things that exclude each other. */
export function isContradictory({ members }: Program): boolean {
  const [typed, extra] = parts(members);
  const gives = (path: string) => valueAt(typed, path) !== null;
  const isPool = gives("pool") || typed.get("type") === "Pool";
  const removed = [...typed].filter(([, value]) => value === null).map(([path]) => path);
  return [
    typed.size + extra.size === 0,
    isPool && (gives("url") || gives("protocol")),
    gives("pool") && gives("type") && typed.get("type") !== "Pool",
    gives("credentials.certificate") && gives("credentials.certificateIds"),
    [...extra.keys()].some((path) => removed.some((whole) => isWithin(path, whole))),
  ].some((isWrong) => isWrong);
}

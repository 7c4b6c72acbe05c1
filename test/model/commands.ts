import type { JsonValue } from "../cloud";

// What a sequence consists of: plain data, so that a failing one prints as it could be written down.

export type Start = "bare" | "full" | "odd";

/** What somebody else does to the backend. */
export type Foreign =
  | { readonly do: "theirs"; readonly at: string; readonly value: JsonValue }
  | { readonly do: "replaced"; readonly as: Start }
  | { readonly do: "vanished" };

/** How a write ends. `acted`: the service did it, and its answer is another one or none. */
export type Ending = "answered" | "reset" | "reset, acted" | "close" | "close, acted" | "412" | "429" | "503" | "503, acted";

export type ReadEnding = Extract<Ending, "reset" | "close" | "429" | "503">;

/** What meets one write of a command: somebody else before it arrives, and how it ends. */
export interface Trouble {
  readonly before?: Foreign;
  readonly ends: Ending;
}

export type Setting = "onDestroy" | "onConflict" | "ifMatch";

export type Command =
  | Foreign
  /** The program gives a member from now on; a member of `extraProperties` by that path. */
  | { readonly do: "give"; readonly at: string; readonly value: JsonValue }
  | { readonly do: "drop"; readonly at: string }
  /** Null: the program does not say it. */
  | { readonly do: "set"; readonly setting: Setting; readonly to: string | null }
  /** The n-th trouble is for the n-th write, and those that no write meets are none; `read` is for the first read. */
  | { readonly do: "up" | "destroy"; readonly troubles: readonly Trouble[]; readonly read?: ReadEnding }
  | { readonly do: "refresh"; readonly read?: ReadEnding }
  | { readonly do: "preview" | "nothing" };

export interface Sequence {
  readonly start: Start;
  readonly onDestroy: "restore" | null;
  readonly commands: readonly Command[];
}

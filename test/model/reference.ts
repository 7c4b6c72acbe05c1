import type { Command, Sequence, Trouble } from "./commands";
import { Conversation, Failure, type Write } from "./conversation";
import { isWithin, type Leaves, leavesAt, overlapsAny, valueAt, within } from "./leaves";
import { sameMeaning } from "./meaning";
import { type Memory, remember, rememberBoth, restorable, stillGiven } from "./memory";
import { edited, isContradictory, type Program, type Settings, wantedBy } from "./program";
import { settle } from "./settling";
import { Twin } from "./twin";

/** What the state is expected to hold. */
export interface Recorded {
  /** The owned leaves, as the program gave them or as a refresh found them. */
  readonly had: Leaves;
  readonly settings: Settings;
  readonly memory: Memory | undefined;
  /** It ended without a sight of what its write did, so the next run goes on whatever a preview says. */
  readonly isUnfinished?: true;
}

/** What a preview is expected to say. */
export interface Changes {
  readonly set: readonly string[];
  readonly back: readonly string[];
  readonly released: readonly string[];
  readonly settings: readonly string[];
}

export interface Expected {
  readonly step?: "created" | "updated" | "unchanged" | "destroyed" | "read" | "gone";
  readonly failure?: Failure;
  readonly methods: readonly string[];
  readonly writes: readonly Write[];
  /** What was to be put back and is somebody else's by now. */
  readonly kept: readonly string[];
}

const silent: Expected = { methods: [], writes: [], kept: [] };

export function isChanged(changes: Changes): boolean {
  return Object.values(changes).flat().length > 0;
}

/**
 * The rules of ownership, read a second time and written down without a look at the provider: a flat table of leaves in
 * the place of its trees.
 */
export class Reference {
  readonly twin: Twin;
  program: Program;
  recorded: Recorded | undefined;

  constructor({ start, onDestroy }: Sequence) {
    this.twin = new Twin(start);
    this.program = { members: { description: "ours" }, settings: onDestroy === null ? {} : { onDestroy } };
  }

  step(command: Command): Expected {
    switch (command.do) {
      case "up":
        return this.up(command.troubles);
      case "destroy":
        return this.recorded === undefined ? silent : this.destroy(command.troubles);
      case "refresh":
        return this.refresh();
      case "give":
      case "drop":
      case "set":
        this.program = edited(this.program, command);
        return silent;
      case "theirs":
      case "replaced":
      case "vanished":
        this.twin.change(command);
        return silent;
      default:
        return silent;
    }
  }

  private up(troubles: readonly Trouble[]): Expected {
    if (isContradictory(this.program)) return { ...silent, failure: new Failure("invalid") };
    const old = this.recorded;
    if (old !== undefined && old.isUnfinished === undefined && !isChanged(this.changes(old))) return { ...silent, step: "unchanged" };
    const { settings } = this.program;
    const wanted = wantedBy(this.program);
    const back = restorable(old?.memory, wanted);
    const rememberedFrom = (before: Leaves) => remember(old?.memory, old?.had ?? new Map(), wanted, before);
    return this.talking(
      troubles,
      (conversation) => {
        const { before, after } = settle(conversation, {
          wantedOf: (now) => new Map([...wanted, ...stillGiven(old?.memory, back, now)]),
          given: wanted,
          onConflict: settings.onConflict === "overwrite" ? "overwrite" : "fail",
          ifMatch: settings.ifMatch,
        });
        const memory = settings.onDestroy === "restore" ? rememberedFrom(before) : undefined;
        this.recorded = { had: asFound(wanted, after), settings, memory };
        return old === undefined ? "created" : "updated";
      },
      (unseen) => {
        const memory = rememberBoth(old?.memory, rememberedFrom(unseen));
        if (settings.onDestroy === "restore") this.recorded = { had: wanted, settings, memory, isUnfinished: true };
      },
    );
  }

  /** As what was recorded says, not the program. The ETag just read guards it, whatever ifMatch says. */
  private destroy(troubles: readonly Trouble[]): Expected {
    const memory = this.recorded?.memory;
    const first = restorable(memory, new Map());
    if (first.size === 0) return this.forget([]);
    let back: Leaves = new Map();
    const expected = this.talking(troubles, (conversation) => {
      const wantedOf = (now: Leaves) => {
        back = stillGiven(memory, first, now);
        return back;
      };
      settle(conversation, { onConflict: "overwrite", given: new Map(), wantedOf });
      return "destroyed";
    });
    const kept = [...first.keys()].filter((path) => !back.has(path));
    const { failure, methods, writes } = expected;
    if (failure === undefined) return { ...this.forget(kept), methods, writes };
    return failure.kind === "missing" ? { ...this.forget([]), methods, writes } : expected;
  }

  private refresh(): Expected {
    const { recorded, twin } = this;
    const { content } = twin;
    if (recorded === undefined) return silent;
    if (content === undefined) return { ...this.forget([]), step: "gone", methods: ["GET"] };
    this.recorded = { had: asFound(recorded.had, content), settings: recorded.settings, memory: recorded.memory };
    return { ...silent, step: "read", methods: ["GET"] };
  }

  /** What differs between what is recorded and what the program says. */
  changes({ had, memory, settings: old }: Recorded): Changes {
    const wanted = wantedBy(this.program);
    const set = [...wanted].filter(([path, value]) => isNews(path, value, had)).map(([path]) => path);
    const back = [...restorable(memory, wanted).keys()];
    const dropped = [...had.keys()].filter((path) => !overlapsAny(path, wanted.keys()) && !back.includes(path));
    // A member that was removed whole, and of which only single leaves are given from now on.
    const narrowed = [...had.keys()].filter((path) => !wanted.has(path) && within(wanted, path).size > 0 && had.get(path) === null);
    const released = [...dropped, ...narrowed.map((path) => `the rest of ${path}`)];
    const settings = (["onDestroy", "onConflict", "ifMatch"] as const).filter((name) => old[name] !== this.program.settings[name]);
    return { set, back, released, settings };
  }

  private forget(kept: readonly string[]): Expected {
    this.recorded = undefined;
    return { ...silent, step: "destroyed", kept };
  }

  private talking(
    troubles: readonly Trouble[],
    work: (conversation: Conversation) => Expected["step"],
    whenUnseen: (unseen: Leaves) => void = () => undefined,
  ): Expected {
    const conversation = new Conversation(this.twin, troubles);
    const { methods, writes } = conversation;
    try {
      return { step: work(conversation), methods, writes, kept: [] };
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      if (conversation.unseen !== undefined) whenUnseen(conversation.unseen);
      return { failure, methods, writes, kept: [] };
    }
  }
}

/** The leaves as the backend has them, in the spelling that they were given in where it means the same. */
function asFound(leaves: Leaves, content: Leaves): Leaves {
  const lines = [...leaves].flatMap(([path, value]) => {
    const now = valueAt(content, path);
    return [...leavesAt(path, sameMeaning(path, value, now) ? value : now)];
  });
  return new Map(lines);
}

/** Whether a wanted leaf is not owned so far, or owned with another value. What is wider than what was owned is news, too. */
function isNews(path: string, value: Parameters<typeof sameMeaning>[1], had: Leaves): boolean {
  const own = had.get(path);
  if (own !== undefined) return !sameMeaning(path, own, value);
  // What lies in a member that was removed whole was owned as absent.
  return value !== null || ![...had.keys()].some((owned) => isWithin(path, owned));
}

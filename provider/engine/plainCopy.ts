import type { Problem } from "./operation";

/** More levels than any argument has, and few enough that everything may walk through them level by level. */
const DEEPEST = 500;
/** Far more than any resource's arguments hold; what has no end is given up there. */
const MOST_ARGUMENTS = 10_000;
/** State holds what services answered, of which nothing may be lost. */
const MOST_IN_STATE = 1_000_000;
const MOST_PROBLEMS = 50;

const NO_VALUE = "must be a text, a number, true, false, a list or an object";
const NOT_PLAIN = 'must be an object of plain members, none of them called "__proto__"';

export interface PlainCopy {
  readonly members: Record<string, unknown>;
  /** What could not be copied, and is left out. */
  readonly problems: readonly Problem[];
}

/**
 * A copy of arguments that consists of nothing but members: each is read once, so that nothing that looks at it later
 * meets a getter, a proxy, a cycle, another value than was checked, or a prototype that somebody made of a member.
 */
export function plainCopy(members: object): PlainCopy {
  return new Copying(MOST_ARGUMENTS).whole(members);
}

/** The same of recorded state. What cannot be read of it is as if it were not there. */
export function plainState(members: object): Record<string, unknown> {
  return new Copying(MOST_IN_STATE).whole(members).members;
}

class Copying {
  private readonly problems: Problem[] = [];
  /** Where it is, and the objects on the way there. */
  private readonly path: PropertyKey[] = [];
  private readonly above = new Set<object>();
  private values = 0;

  constructor(private readonly mostValues: number) {}

  whole(members: object): PlainCopy {
    const copy = this.of(members);
    return { members: (copy ?? {}) as Record<string, unknown>, problems: this.problems };
  }

  private of(value: unknown): unknown {
    this.values += 1;
    if (this.values === this.mostValues) return this.refused(`must not hold more than ${this.mostValues} values`);
    if (this.isOver()) return undefined;
    if (typeof value === "bigint" || typeof value === "function" || typeof value === "symbol") return this.refused(NO_VALUE);
    if (typeof value !== "object" || value === null) return value;
    if (this.above.has(value)) return this.refused("must not hold itself");
    if (this.path.length > DEEPEST) return this.refused(`must not be nested deeper than ${DEEPEST} levels`);
    this.above.add(value);
    try {
      return Array.isArray(value) ? this.list(value) : this.object(value);
    } catch {
      return this.refused("cannot be read");
    } finally {
      this.above.delete(value);
    }
  }

  private isOver(): boolean {
    return this.values >= this.mostValues || this.problems.length >= MOST_PROBLEMS;
  }

  private list(value: readonly unknown[]): unknown[] {
    const { length } = value;
    const items: unknown[] = [];
    for (let index = 0; index < length && !this.isOver(); index += 1) items.push(this.part(value, index));
    return items;
  }

  private object(value: object): unknown {
    const prototype: unknown = Object.getPrototypeOf(value);
    // The SDK makes a prototype of a member that is called so.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) this.refused(NOT_PLAIN);
    const members: [string, unknown][] = [];
    for (const name of Object.keys(value)) {
      if (this.isOver()) break;
      members.push([name, this.part(value, name)]);
    }
    return Object.fromEntries(members);
  }

  private part(whole: object, name: PropertyKey): unknown {
    this.path.push(name);
    try {
      return this.of((whole as Record<PropertyKey, unknown>)[name]);
    } catch {
      return this.refused("cannot be read");
    } finally {
      this.path.pop();
    }
  }

  private refused(reason: string): undefined {
    this.problems.push({ path: [...this.path], reason, isValueShown: false });
    return undefined;
  }
}

import fc from "fast-check";

// Values that no JSON gives, and values that JSON gives and nobody expects.

/** A getter's answer, and how often it was asked. */
export interface Asked {
  times: number;
}

/** An object whose member is another one at each reading. */
export function changing(asked: Asked = { times: 0 }): object {
  const answers: unknown[] = ["a", 5, null, { a: "b" }, ["c"]];
  return {
    get value() {
      asked.times += 1;
      return answers[asked.times % answers.length];
    },
  };
}

export function throwing(): object {
  return Object.defineProperty({ before: 1 }, "value", {
    enumerable: true,
    get() {
      throw new TypeError("a getter that throws");
    },
  });
}

/** Each reading gives a new object with a member of the same kind: it has no end. */
export function endless(width = 1): object {
  const members = Array.from({ length: width }, (_, index) => [`m${index}`, { enumerable: true, get: () => endless(width) }]);
  return Object.defineProperties({}, Object.fromEntries(members) as PropertyDescriptorMap);
}

export function nested(levels: number, isList = false): unknown {
  let value: unknown = "the end";
  for (let level = 0; level < levels; level += 1) value = isList ? [value] : { a: value };
  return value;
}

export function cyclic(): object {
  const value: Record<string, unknown> = { list: [] };
  value.self = value;
  (value.list as unknown[]).push(value);
  return value;
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function lying(): object {
  const handler: ProxyHandler<object> = {
    ownKeys: () => ["a", "b"],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }),
    get: (_target, name) => (name === "a" ? { deeper: 1 } : undefined),
    has: () => false,
  };
  return new Proxy({}, handler);
}

function stubborn(trap: "ownKeys" | "get" | "getPrototypeOf" | "getOwnPropertyDescriptor"): object {
  const handler: ProxyHandler<object> = {
    [trap]: () => {
      throw new Error("a trap that throws");
    },
  };
  return new Proxy({ a: 1 }, handler);
}

/** What has no end, or as good as none: no state holds it. */
const ENDLESS: readonly (() => unknown)[] = [() => endless(), () => endless(2), () => Array(2 ** 32 - 1)];

/** Values made anew for each case. */
const MAKERS: readonly (() => unknown)[] = [
  ...[changing, throwing, cyclic, revoked, lying],
  ...[() => stubborn("ownKeys"), () => stubborn("get"), () => stubborn("getPrototypeOf"), () => stubborn("getOwnPropertyDescriptor")],
  ...[() => nested(400), () => nested(501), () => nested(10_000), () => nested(10_000, true)],
  ...[
    () => Array(2 ** 32 - 1),
    () => Array(50_000).fill("a"),
    () => Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`m${at}`, at])),
  ],
  ...[() => 10n, () => Symbol("a"), () => () => "a", () => new Date(Number.NaN), () => new Map([["a", 1]]), () => Buffer.from("a")],
  ...[() => Number.NaN, () => Number.POSITIVE_INFINITY, () => -0, () => undefined, () => null, () => true, () => "", () => [], () => ({})],
  ...[() => JSON.parse('{"__proto__":{"title":"a"},"constructor":1,"prototype":{}}'), () => Object.create({ title: "inherited" })],
  ...[
    () => "\u202egnp.exe\u2066",
    () => "\u0000\u001b[2J",
    () => "\ud800",
    () => "a".repeat(100_000),
    () => "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  ],
];

function oneOf(makers: readonly (() => unknown)[]): fc.Arbitrary<() => unknown> {
  const made = fc.constantFrom(...makers);
  return fc.oneof(
    { weight: 5, arbitrary: made },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => () => value) },
    {
      weight: 1,
      arbitrary: fc.tuple(made, fc.boolean()).map(
        ([make, isList]) =>
          () =>
            isList ? [make(), "b"] : { a: make() },
      ),
    },
  );
}

/** A value that breaks what reads, walks, compares, prints or stores. */
export const hostile = oneOf([...MAKERS, ...ENDLESS]);
/** The same, as far as it can be recorded. */
export const hostileInState = oneOf(MAKERS);

import { openWire, type Wire } from "../wire/wire";
import { type Subject, subjects } from "./operations";

// Every argument that becomes a part of an address, with every kind of name. Dots and control characters, with many more
// cases, are in test/wire/refusals.test.ts too; names with encoded characters in test/wire/generatedNames.ts.

const NAMES: Readonly<Record<string, string>> = {
  "..": "..",
  ".": ".",
  "%2e%2e": "%2e%2e",
  "..%2f": "..%2f..",
  "a slash": "a/../b",
  "a backslash": "a\\..\\b",
  "a query": "a?api-version=1#b",
  "CR LF": "a\r\nX-Evil: 1",
  NUL: "a\0b",
  "a right-to-left mark": "a\u202eb",
  "a zero-width space": "a\u200bb",
  "half a character": "a\ud800",
  __proto__: "__proto__",
  "10,000 characters": "a".repeat(10_000),
  "10,000 invisible characters": "\u2060".repeat(10_000),
};

/** What becomes of a name: refused by the check of a preview, refused before anything is sent, or sent as one part of the address. */
type Fate = "refused in the preview" | "refused before it is sent" | "one part of the address" | "too long for a server";

let wire: Wire;
beforeAll(async () => {
  wire = await openWire();
});
afterAll(() => wire.stop());

/** A message that a terminal shows as it is. */
function expectShowable(message: string): void {
  expect(message.length).toBeLessThanOrEqual(2_000);
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
}

async function fateOf({ operation, given }: Subject, argument: string, name: string): Promise<Fate> {
  const hooks = wire.hooksOf(operation);
  const inputs = { ...given, [argument]: name };
  const { failures } = await hooks.check({}, inputs);
  for (const { property, reason } of failures) expectShowable(`${property}: ${reason}`);
  if (failures.length > 0) {
    expect(failures.map(({ property }) => property)).toContain(argument);
    return "refused in the preview";
  }
  let message = "";
  const requests = await wire.server.during([{ status: 400 }], async () => {
    message = await hooks.create(inputs).then(
      () => "",
      (error: Error) => error.message,
    );
  });
  expectShowable(message);
  if (/was refused: 431\./.test(message)) return "too long for a server";
  if (requests.length === 0) {
    expect(message).toMatch(/cannot stand in an address/);
    return "refused before it is sent";
  }
  expectOnePart(requests[0]?.target ?? "", name);
  return "one part of the address";
}

/** A server that takes the address apart finds the name in its place, and as many parts as without it. */
function expectOnePart(target: string, name: string): void {
  const { pathname, searchParams } = new URL(target, "http://127.0.0.1");
  const parts = pathname.split("/").map(decodeURIComponent);
  const values = [...searchParams.values()];
  expect([...parts, ...values]).toContain(name);
  expect(target).toMatch(/^[\x21-\x7e]+$/);
  if (searchParams.has("api-version")) {
    expect(searchParams.getAll("api-version")).toHaveLength(1);
    expect(parts[1]).toBe("subscriptions");
    expect(parts[5]).toBe("providers");
  }
}

/** Arguments for which the contract has no pattern, and one that it has no length for. */
const WITHOUT_PATTERN = ["subscriptionId", "backendId", "privateEndpointConnectionName"];
const UNUSABLE = [".", "..", "CR LF", "NUL", "half a character"];

function expectedFate(argument: string, kind: string): Fate {
  const isLong = kind.startsWith("10,000");
  if (isLong && argument === "backendId") return "refused in the preview";
  if (kind === "10,000 characters" && argument === "instanceId") return "one part of the address";
  // A resource group's name may be of dots by its pattern.
  const isFree = WITHOUT_PATTERN.includes(argument) || (argument === "resourceGroupName" && /^\.+$/.test(kind));
  if (!isFree) return "refused in the preview";
  if (UNUSABLE.includes(kind)) return "refused before it is sent";
  return kind === "10,000 invisible characters" ? "too long for a server" : "one part of the address";
}

describe.each(subjects.map((subject) => [subject.title, subject] as const))("a name of %s", (_title, subject) => {
  it.each(subject.names)("never leaves its place: %s", async (argument) => {
    for (const [kind, name] of Object.entries(NAMES)) {
      expect([kind, await fateOf(subject, argument, name)]).toEqual([kind, expectedFate(argument, kind)]);
    }
  });
});

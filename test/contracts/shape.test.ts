import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import differences from "./differences.json";
import { contracts, differencesSchema, factsSchema } from "./facts";

// The facts themselves: complete, consistent, and nothing but facts.

const exampleSchema = z.strictObject({
  source: z.string().min(1),
  request: z.strictObject({
    method: z.enum(["GET", "PUT", "PATCH", "POST", "DELETE"]),
    path: z.string().startsWith("/"),
    query: z.record(z.string(), z.string()),
    ifMatch: z.string().optional(),
    action: z.string().optional(),
    version: z.string().optional(),
    body: z.record(z.string(), z.unknown()).optional(),
  }),
  answers: z
    .array(
      z.strictObject({
        status: z.int().min(200).max(299),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1),
});

function jsonFiles(folder: string): [string, unknown][] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "differences.json");
  return names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))]);
}

describe("the facts", () => {
  it.each(jsonFiles(__dirname))("of %s have their shape", (_name, facts) => {
    expect(factsSchema.safeParse(facts).error?.issues).toBeUndefined();
    expect(contracts.map(({ name }) => name)).toContain((facts as { operation: string }).operation);
  });

  it.each(jsonFiles(join(__dirname, "examples")))("of the example %s have theirs", (_name, example) => {
    expect(exampleSchema.safeParse(example).error?.issues).toBeUndefined();
  });

  it("of the differences have theirs, and each is of a contract and a member", () => {
    expect(differencesSchema.safeParse(differences).error?.issues).toBeUndefined();
    expect(Object.keys(differences.operations).sort()).toEqual(contracts.map(({ name }) => name).sort());
    for (const { members, differences: own } of contracts) {
      const wires = members.map(({ wire }) => wire);
      const named = [...own.renamed, ...own.leftOut, ...own.limits].map(({ member }) => member);
      expect(named.filter((member) => !wires.includes(member))).toEqual([]);
    }
  });

  describe.each(contracts.map((contract) => [contract.name, contract] as const))("of %s", (_name, { facts, members }) => {
    const wires = members.map(({ wire }) => wire);

    it("name each member once, and every parameter of the path", () => {
      expect(new Set(wires).size).toBe(wires.length);
      const inPath = facts.parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
      expect([...facts.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()).toEqual(inPath.sort());
    });

    it("have the items of each list, and what each member is in", () => {
      const lists = members.filter(({ types }) => types.includes("array")).map(({ wire }) => `${wire}[]`);
      const holders = facts.body.map(({ path }) => path.replace(/(?:\[\]|\.[^.[]+)$/, ""));
      expect([...lists, ...holders].filter((wire) => !wires.includes(wire))).toEqual([]);
    });

    it.each(members.map((member) => [member.wire, member] as const))("agree with each other on %s", (_wire, member) => {
      const { enum: values, enumIsOpen, minLength = 0, maxLength = Infinity, minimum = -Infinity, maximum = Infinity } = member;
      expect(values === undefined).toBe(enumIsOpen === undefined);
      expect(minLength).toBeLessThanOrEqual(maxLength);
      expect(minimum).toBeLessThanOrEqual(maximum);
    });
  });
});

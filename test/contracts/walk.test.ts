import { mistakesIn } from "../../provider/engine/check";
import type { Settings } from "../../provider/engine/operation";
import { argumentNodes, type Node } from "./argumentSchema";
import { type Boundary, boundaryOf, limitsOf } from "./boundaries";
import { type Contract, contracts, givenMembers, type Limits, type Member, ourMember } from "./facts";
import { argumentsWith, propertyOf } from "./wholeArguments";

const unconfigured: Settings = { subscriptionId: () => undefined, regionId: () => undefined, lookedFor: () => ["nowhere"] };

function refusals(contract: Contract, member: Member, value: unknown): string[] {
  const given = argumentsWith(contract, member.argument, value);
  return [...new Set(mistakesIn(contract.operation, given, unconfigured).map(({ property }) => property))];
}

/** Both spellings of a path: the second is that of a secret argument. */
function isRefusalOf(member: Member, properties: readonly string[]): boolean {
  const property = propertyOf(member.argument);
  return properties.length === 1 && (properties[0] === property || properties[0] === `["${property}"]`);
}

function expectBoundary(contract: Contract, member: Member, { passes, refused }: Boundary): void {
  for (const value of passes) expect({ value, refused: refusals(contract, member, value) }).toEqual({ value, refused: [] });
  const slipped = refused.filter((value) => !isRefusalOf(member, refusals(contract, member, value)));
  expect(slipped.map((value) => ({ value, refused: refusals(contract, member, value) }))).toEqual([]);
}

/** A limit in our schema that the member does not have, or has otherwise. */
function strayLimits(member: Member, nodes: readonly Node[]): string[] {
  const [node] = nodes;
  // Alternatives, whole numbers of 32 bits and durations are stated in forms of the schema library's own.
  if (node === undefined || nodes.length > 1 || node.format === "duration" || member.format === "int32") return [];
  const stated = ["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"] as const;
  return stated.filter((limit) => node[limit] !== undefined && node[limit] !== member[limit]).map((limit) => `${member.wire} ${limit}`);
}

describe.each(contracts.map((contract) => [contract.name, contract] as const))("the contract of %s", (_name, contract) => {
  const { members, differences, operation } = contract;
  const nodes = argumentNodes(operation);
  const given = givenMembers(contract);
  const ours = given.map((member) => ourMember(contract, member));
  const readOnly = members.filter((member) => member.readOnly);
  const isOwn = (argument: string) => differences.own.some((own) => new RegExp(`^${own.argument}(?![\\w-])`).test(argument));

  it(`has ${members.length} members: ${given.length} are arguments, ${readOnly.length} are read-only, ${differences.leftOut.length} are left out`, () => {
    expect(given.length + readOnly.length + differences.leftOut.length).toBe(members.length);
    expect(given.map(({ argument }) => argument).filter((argument) => !nodes.has(argument))).toEqual([]);
    // The envelope is called as one of its members.
    const names = new Set(given.map(({ argument }) => argument));
    expect(members.map(({ argument }) => argument).filter((argument) => nodes.has(argument) && !names.has(argument))).toEqual([]);
  });

  it(`has all of our ${nodes.size} arguments, but for our own: ${differences.own.map(({ argument }) => argument).join(", ")}`, () => {
    const known = new Set(given.map(({ argument }) => argument));
    expect([...nodes.keys()].filter((argument) => !known.has(argument) && !isOwn(argument))).toEqual([]);
    expect(differences.own.filter(({ argument }) => !nodes.has(argument) || known.has(argument))).toEqual([]);
  });

  it("has each limit that our schema states", () => {
    expect(ours.flatMap((member) => strayLimits(member, nodes.get(member.argument) ?? []))).toEqual([]);
  });

  it("takes what is not required to be given", () => {
    for (const member of ours.filter(({ required }) => !required)) {
      if (/\*|\[\]$/.test(member.argument)) continue;
      expect({ member: member.wire, refused: refusals(contract, member, undefined) }).toEqual({ member: member.wire, refused: [] });
    }
  });

  const walks = ours.flatMap((member) => limitsOf(member).map((limit) => [`${member.wire} ${limit}`, member, limit] as const));
  const walked = new Set<string>();

  it.each(walks)("%s: taken at its bound and refused past it", (name, member, limit) => {
    const boundary = boundaryOf(contract, member, limit);
    expect(boundary.passes.length).toBeGreaterThan(0);
    if (limit !== "enum" || !member.enumIsOpen) expect(boundary.refused.length).toBeGreaterThan(0);
    expectBoundary(contract, member, boundary);
    walked.add(name);
  });

  const stated = given.flatMap((member) => limitsOf(member).map((limit) => ({ wire: member.wire, limit })));
  const lifted = differences.limits.filter(({ ours: limit }) => limit === null || limit === false);

  it(`has ${stated.length} limits; with ours in their place ${walks.length} were walked, all of them`, () => {
    expect([...walked].sort()).toEqual(walks.map(([name]) => name).sort());
    const missed = stated.filter(({ wire, limit }) => !walked.has(`${wire} ${limit}`));
    expect(missed.filter(({ wire, limit }) => !lifted.some((each) => each.member === wire && each.limit === limit))).toEqual([]);
  });

  it.each(differences.limits.map((each) => [`${each.member} ${each.limit}`, each] as const))(
    "%s: differs as stated",
    (_difference, each) => {
      const member = given.find(({ wire }) => wire === each.member) as Member;
      expect(member).toBeDefined();
      const theirs = each.limit === "type" ? member.types : member[each.limit];
      expect(each.ours ?? undefined).not.toEqual(theirs);
      if (each.ours !== null && each.limit !== "required") return;
      // A limit that was lifted lets something through that the contract refuses; otherwise it is not lifted.
      const { refused } = theirs === undefined ? { refused: [] } : boundaryOf(contract, member, each.limit as keyof Limits);
      if (theirs !== undefined) expect(refused.some((value) => refusals(contract, member, value).length === 0)).toBe(true);
    },
  );
});

it("a duration below a documented minimum is taken with advice, and one at it without", () => {
  const advised = contracts.flatMap((contract) =>
    givenMembers(contract)
      .filter(({ minimumDuration }) => minimumDuration !== undefined)
      .map((member) => ({ contract, member, boundary: boundaryOf(contract, member, "minimumDuration") })),
  );
  expect(advised.map(({ member }) => member.wire)).toEqual(["properties.after"]);
  for (const { contract, member, boundary } of advised) {
    const advice = (value: unknown) => contract.operation.advice?.(argumentsWith(contract, member.argument, value)) ?? [];
    for (const value of boundary.passes) expect(advice(value)).toEqual([]);
    for (const value of boundary.refused) expect(advice(value)).toEqual([expect.stringContaining(member.minimumDuration as string)]);
  }
});

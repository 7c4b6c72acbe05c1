import { mistakesIn } from "../../provider/engine/check";
import type { Settings } from "../../provider/engine/operation";
import { argumentNodes, type Node } from "./argumentSchema";
import { type Declared, declaredMembers } from "./declaredTypes";
import { type Contract, contracts, givenMembers } from "./facts";
import { argumentsWith } from "./wholeArguments";

// A limit is stated once, in the schema: what the docstrings and the types say is compared with it.

const unconfigured: Settings = { subscriptionId: () => "s", regionId: () => "cn-hangzhou", lookedFor: () => ["nowhere"] };

/** Where the arguments of each operation are declared. */
function declaredOf({ name }: Contract): Map<string, Declared> {
  const [folder, className = ""] = name.split("/");
  const file = `${folder}/${className.charAt(0).toLowerCase()}${className.slice(1)}`;
  return declaredMembers(file, `${className}Inputs`);
}

const STATEMENT = /(?:at (?:most|least) (?:\d+|one) \w+|\d+ to \d+(?: \w+)?|ISO 8601 duration|duration above zero)/gi;

/** What a text states of limits: `1 to 300 characters`, `at most 10 items`. */
function statements(text: string): string[] {
  return (text.match(STATEMENT) ?? []).map((statement) => statement.toLowerCase());
}

function wordsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap(({ description }) => (description === undefined ? [] : [description]));
}

describe.each(contracts.map((contract) => [contract.name, contract] as const))("the docstrings of %s", (_name, contract) => {
  const nodes = argumentNodes(contract.operation);
  const declared = declaredOf(contract);

  it(`declare the ${nodes.size} arguments that the schema has, and no others`, () => {
    const data = (argument: string) => /^(?:triggers|extraProperties)\./.test(argument);
    expect([...declared.keys()].filter((argument) => !data(argument)).sort()).toEqual(
      [...nodes.keys()].filter((argument) => !data(argument)).sort(),
    );
  });

  it("say each limit in the words of its refusal", () => {
    const limited = [...nodes].flatMap(([argument, alternatives]) => wordsOf(alternatives).map((words) => ({ argument, words })));
    expect(limited.length).toBeGreaterThan(0);
    const unsaid = limited.filter(({ argument, words }) => {
      // Timeouts are said once, above their four members.
      const { docstring = "" } = declared.get(argument.startsWith("timeouts.") ? "timeouts" : argument) ?? {};
      return !docstring.toLowerCase().includes(words.toLowerCase());
    });
    expect(unsaid).toEqual([]);
  });

  it("say lengths that are true", () => {
    const lengths = [...nodes].flatMap(([argument, [node]]) => {
      const [, minimum, maximum] = /^(\d+) to (\d+) (?:characters|[\w-]*\s?letters)/.exec(node?.description ?? "") ?? [];
      return maximum === undefined ? [] : [{ argument, minimum: Number(minimum), maximum: Number(maximum) }];
    });
    for (const { argument, minimum, maximum } of lengths) {
      const isTaken = (length: number) => {
        const given = argumentsWith(contract, argument, "a".repeat(length));
        return mistakesIn(contract.operation, given, unconfigured).length === 0;
      };
      const taken = [minimum - 1, minimum, maximum, maximum + 1].map(isTaken);
      expect({ argument, taken }).toEqual({ argument, taken: [false, true, true, false] });
    }
  });

  it("say no limit that the schema does not have", () => {
    const invented = [...declared].flatMap(([argument, { docstring }]) => {
      // A list speaks of its items too.
      const known = [argument, `${argument}[]`, argument.replace(/\[\]$/, ""), `${argument}.create`];
      const words = known.flatMap((each) => wordsOf(nodes.get(each) ?? [])).flatMap(statements);
      return statements(docstring)
        .filter((statement) => !words.includes(statement))
        .map((statement) => `${argument}: ${statement}`);
    });
    expect(invented).toEqual([]);
  });

  it("name the same values as the schema, and take newer ones only where the contract says so", () => {
    for (const [argument, alternatives] of nodes) {
      const values = alternatives.flatMap((node) => node.enum ?? []);
      const { texts = [], isOpen } = declared.get(argument) ?? {};
      if (values.length > 0)
        expect({ argument, texts: [...texts].sort(), isOpen }).toEqual({ argument, texts: [...values].sort(), isOpen: false });
      else if (texts.length > 0) expect({ argument, isOpen }).toEqual({ argument, isOpen: true });
    }
  });

  it("name every value that the contract knows of an open list", () => {
    const open = givenMembers(contract).filter(
      ({ enumIsOpen, argument }) => enumIsOpen === true && (nodes.get(argument) ?? []).every((node) => node.enum === undefined),
    );
    for (const { argument, enum: values = [] } of open) expect(declared.get(argument)?.texts.toSorted()).toEqual(values.toSorted());
  });
});

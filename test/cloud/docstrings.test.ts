import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { defaultSettings } from "./settings";

// What pulumi-patchbay/testing exports is read in an editor: every name and member has a sentence, and the defaults are true.

const root = path.join(__dirname, "index.ts");
const program = ts.createProgram([root], { strict: true, module: ts.ModuleKind.Node16, target: ts.ScriptTarget.ES2022, types: ["node"] });
const checker = program.getTypeChecker();
const entry = checker.getSymbolAtLocation(program.getSourceFile(root) as ts.SourceFile) as ts.Symbol;
const exported = checker
  .getExportsOfModule(entry)
  .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));

const docstring = (symbol: ts.Symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker));
const tag = (symbol: ts.Symbol, name: string) => symbol.getJsDocTags(checker).find((each) => each.name === name);
const membersOf = (symbol: ts.Symbol) =>
  checker
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .filter(
      ({ name, declarations }) => !name.includes("#") && declarations?.some((each) => each.getSourceFile().fileName.startsWith(__dirname)),
    );
const named = (name: string) => exported.find((symbol) => symbol.name === name) as ts.Symbol;

it("every exported name has a sentence", () => {
  expect(exported.length).toBeGreaterThan(20);
  expect(exported.filter((symbol) => docstring(symbol) === "").map(({ name }) => name)).toEqual([]);
});

it.each(["Cloud", "CloudOptions", "CloudSettings", "CloudIdentity", "Faults", "Placement"])("so has every member of %s", (name) => {
  const members = membersOf(named(name));
  expect(members.length).toBeGreaterThan(1);
  const silent = members.filter((member) => docstring(member) === "" && tag(member, "internal") === undefined);
  expect(silent.map((member) => member.name)).toEqual([]);
});

it("every setting says its default, which is the one that a cloud starts with", () => {
  const settings = membersOf(named("CloudSettings")).filter((member) => tag(member, "internal") === undefined);
  const said = settings.map((member) => [member.name, ts.displayPartsToString(tag(member, "default")?.text)]);
  const started = defaultSettings() as unknown as Readonly<Record<string, unknown>>;
  const unset: Readonly<Record<string, string>> = { operationMs: "none", retryAfter: "none", runningStatuses: "the service's own" };
  expect(said).toEqual(settings.map(({ name }) => [name, unset[name] ?? JSON.stringify(started[name])]));
});

describe("docs/testing.md", () => {
  const code = (text: string) => `\`${text}\``;
  const shown = (symbol: ts.Symbol) => docstring(symbol).replace(/\s+/g, " ");
  const isShown = (symbol: ts.Symbol) => tag(symbol, "internal") === undefined;
  const typeOf = (symbol: ts.Symbol) => checker.typeToString(checker.getTypeOfSymbol(symbol), undefined, ts.TypeFormatFlags.NoTruncation);

  it("shows what a cloud has", () => {
    const rows = membersOf(named("Cloud"))
      .filter(isShown)
      .map((member) => [
        code(`${member.name}${checker.getTypeOfSymbol(member).getCallSignatures().length > 0 ? "()" : ""}`),
        shown(member),
      ]);
    expectDocumentPart("docs/testing.md", "cloud", markdownTable(["member", "meaning"], rows));
  });

  it("shows the settings", () => {
    const rows = membersOf(named("CloudSettings"))
      .filter(isShown)
      .map((member) => [
        code(member.name),
        code(typeOf(member).replace(" | undefined", "")),
        ts.displayPartsToString(tag(member, "default")?.text),
        shown(member),
      ]);
    expectDocumentPart("docs/testing.md", "settings", markdownTable(["setting", "type", "default", "meaning"], rows));
  });

  it("shows the faults", () => {
    const source = readFileSync(path.join(__dirname, "faults.ts"), "utf8");
    const modes = [...source.matchAll(/\/\*\* ([^/]*?) \*\/\s*\| \{\s*readonly mode: ("\w+"(?: \| "\w+")*)/g)];
    const type = checker.getDeclaredTypeOfSymbol(named("FaultMode")) as ts.UnionType;
    const rows = modes.map(([, sentence = "", names = ""]) => [
      names
        .split(" | ")
        .map((name) => code(name.slice(1, -1)))
        .join(", "),
      sentence,
    ]);
    expect(rows.flatMap(([names = ""]) => names.split(", "))).toHaveLength(type.types.length);
    expectDocumentPart("docs/testing.md", "faults", markdownTable(["mode", "what happens"], rows));
  });
});

import path from "node:path";
import ts from "typescript";

// The declared types of the arguments, with their docstrings, by the paths that argumentNodes gives the schema's.

export interface Declared {
  /** The docstring, white space folded; that of the list for its items. */
  readonly docstring: string;
  /** The texts of a union of texts; `(string & {})` is among them where it is open. */
  readonly texts: readonly string[];
  readonly isOpen: boolean;
  /** As the program writes it, without `undefined`. */
  readonly type: string;
  readonly isOptional: boolean;
  readonly isNullable: boolean;
  /** Of the tag `@default`. */
  readonly byDefault: string | undefined;
}

/** Every member of an interface of a provider file, at every depth. */
export function declaredMembers(file: string, interfaceName: string): Map<string, Declared> {
  const source = path.join(__dirname, "../../provider", `${file}.ts`);
  const checker = checkerOf(source);
  const symbol = checker.exports(source).find(({ name }) => name === interfaceName);
  if (symbol === undefined) throw new Error(`${file} exports no ${interfaceName}.`);
  const members = new Map<string, Declared>();
  walk(checker.checker, checker.checker.getDeclaredTypeOfSymbol(symbol), "", undefined, members);
  return members;
}

/** The outputs that a resource class declares, at every depth, with the types that `apply` gives. */
export function declaredOutputs(file: string, className: string): Map<string, Declared> {
  const source = path.join(__dirname, "../../provider", `${file}.ts`);
  const { checker, exports } = checkerOf(source);
  const symbol = exports(source).find(({ name }) => name === className);
  if (symbol === undefined) throw new Error(`${file} exports no ${className}.`);
  const declared = (checker.getDeclaredTypeOfSymbol(symbol).getProperties() ?? []).filter(
    ({ valueDeclaration }) => valueDeclaration?.getSourceFile().fileName === source && ts.isPropertyDeclaration(valueDeclaration),
  );
  const members = new Map<string, Declared>();
  for (const property of declared) {
    const output = checker.getTypeOfSymbol(property) as ts.TypeReference;
    const given = output.aliasTypeArguments?.[0] ?? checker.getTypeArguments(output)[0] ?? output;
    visit(checker, given, property.name, described(checker, property, given), members);
  }
  return members;
}

/** The docstring of a class, paragraph by paragraph, without its tags. */
export function classDocstring(file: string, className: string): string {
  const source = path.join(__dirname, "../../provider", `${file}.ts`);
  const { checker, exports } = checkerOf(source);
  const symbol = exports(source).find(({ name }) => name === className);
  return ts.displayPartsToString(symbol?.getDocumentationComment(checker));
}

function described(checker: ts.TypeChecker, property: ts.Symbol, type: ts.Type): Declared {
  const docstring = ts.displayPartsToString(property.getDocumentationComment(checker)).replace(/\s+/g, " ");
  const tag = property.getJsDocTags(checker).find(({ name }) => name === "default");
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const byDefault = tag === undefined ? undefined : ts.displayPartsToString(tag.text);
  return { docstring, ...typed(checker, type), isOptional: isOptional || isUnionWith(type, ts.TypeFlags.Undefined), byDefault };
}

function typed(checker: ts.TypeChecker, type: ts.Type): Pick<Declared, "texts" | "isOpen" | "isNullable" | "type"> {
  const alternatives = alternativesOf(type);
  return {
    texts: alternatives.flatMap((each) => (each.isStringLiteral() ? [each.value] : [])),
    isOpen: alternatives.some((each) => each.isIntersection()),
    isNullable: isUnionWith(type, ts.TypeFlags.Null),
    type: checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation).replace(/ \| undefined/g, ""),
  };
}

function isUnionWith(type: ts.Type, flag: ts.TypeFlags): boolean {
  return type.isUnion() && type.types.some(({ flags }) => (flags & flag) !== 0);
}

function alternativesOf(type: ts.Type): ts.Type[] {
  return (type.isUnion() ? type.types : [type]).filter(({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)));
}

interface Checked {
  readonly checker: ts.TypeChecker;
  exports(source: string): ts.Symbol[];
}
let checked: Checked | undefined;

function checkerOf(source: string): Checked {
  // One program for all: the compiler reads the types of @pulumi/pulumi once.
  checked ??= open(path.join(path.dirname(source), "..", "index.ts"));
  return checked;
}

function open(root: string): Checked {
  const options: ts.CompilerOptions = { strict: true, module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 };
  const program = ts.createProgram([root], { ...options, target: ts.ScriptTarget.ES2022, skipLibCheck: true, types: ["node"] });
  const checker = program.getTypeChecker();
  return {
    checker,
    exports: (source) => {
      const file = program.getSourceFile(source);
      const module = file && checker.getSymbolAtLocation(file);
      return module === undefined ? [] : checker.getExportsOfModule(module);
    },
  };
}

function walk(checker: ts.TypeChecker, type: ts.Type, prefix: string, above: Declared | undefined, members: Map<string, Declared>): void {
  for (const property of type.getProperties()) {
    const type = checker.getTypeOfSymbol(property);
    visit(checker, type, prefix === "" ? property.name : `${prefix}.${property.name}`, described(checker, property, type), members);
  }
  const indexed = type.getStringIndexType();
  if (indexed !== undefined && above !== undefined) visit(checker, indexed, `${prefix}.*`, { ...above, isOptional: false }, members);
}

function visit(checker: ts.TypeChecker, type: ts.Type, at: string, declared: Declared, members: Map<string, Declared>): void {
  const alternatives = alternativesOf(type);
  members.set(at, { ...declared, ...typed(checker, type) });
  for (const each of alternatives) {
    const item = checker.isArrayType(each) ? checker.getTypeArguments(each as ts.TypeReference)[0] : undefined;
    if (item !== undefined) visit(checker, item, `${at}[]`, declared, members);
    else if (each.flags & ts.TypeFlags.Object) walk(checker, each, at, declared, members);
  }
}

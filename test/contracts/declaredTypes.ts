import path from "node:path";
import ts from "typescript";

// The declared types of the arguments, with their docstrings, by the paths that argumentNodes gives the schema's.

export interface Declared {
  /** The docstring, white space folded; that of the list for its items. */
  readonly docstring: string;
  /** The texts of a union of texts; `(string & {})` is among them where it is open. */
  readonly texts: readonly string[];
  readonly isOpen: boolean;
}

/** Every member of an interface of a provider file, at every depth. */
export function declaredMembers(file: string, interfaceName: string): Map<string, Declared> {
  const source = path.join(__dirname, "../../provider", `${file}.ts`);
  const checker = checkerOf(source);
  const symbol = checker.exports(source).find(({ name }) => name === interfaceName);
  if (symbol === undefined) throw new Error(`${file} exports no ${interfaceName}.`);
  const members = new Map<string, Declared>();
  walk(checker.checker, checker.checker.getDeclaredTypeOfSymbol(symbol), "", "", members);
  return members;
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

function walk(checker: ts.TypeChecker, type: ts.Type, prefix: string, above: string, members: Map<string, Declared>): void {
  for (const property of type.getProperties()) {
    const docstring = ts.displayPartsToString(property.getDocumentationComment(checker)).replace(/\s+/g, " ");
    const at = prefix === "" ? property.name : `${prefix}.${property.name}`;
    visit(checker, checker.getTypeOfSymbol(property), at, docstring, members);
  }
  const indexed = type.getStringIndexType();
  if (indexed !== undefined && prefix !== "") visit(checker, indexed, `${prefix}.*`, above, members);
}

function visit(checker: ts.TypeChecker, type: ts.Type, at: string, docstring: string, members: Map<string, Declared>): void {
  const alternatives = (type.isUnion() ? type.types : [type]).filter(
    ({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)),
  );
  const texts = alternatives.flatMap((each) => (each.isStringLiteral() ? [each.value] : []));
  members.set(at, { docstring, texts, isOpen: alternatives.some((each) => each.isIntersection()) });
  for (const each of alternatives) {
    const item = checker.isArrayType(each) ? checker.getTypeArguments(each as ts.TypeReference)[0] : undefined;
    if (item !== undefined) visit(checker, item, `${at}[]`, docstring, members);
    else if (each.flags & ts.TypeFlags.Object) walk(checker, each, at, docstring, members);
  }
}

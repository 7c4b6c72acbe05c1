import { type Declared, declaredMembers, declaredOutputs } from "../contracts/declaredTypes";
import { markdownTable } from "../support/generatedDocument";
import { namesOf, type Page } from "./pages";

// What a class takes and gives, as tables: names, types and sentences are those of the source.

const code = (text: string) => `\`${text}\``;

/** Items of lists and values of maps are told where the list or the map is. */
const isShown = (path: string) => !path.endsWith("[]") && !path.endsWith(".*");

/** A type as a reader needs it: what a nested object holds stands in rows of its own. */
function shownType({ type, texts, isOpen, isNullable }: Declared): string {
  if (texts.length > 0) {
    return texts.map((text) => code(`"${text}"`)).join(", ") + (isOpen ? " or newer" : "") + (isNullable ? ", or `null`" : "");
  }
  const plain = type.replace(/ \| null/g, "");
  const isObject = /^[A-Z]\w+(\[\])?$/.test(plain) || plain.includes("{") || /^\w+<"/.test(plain);
  const shown = !isObject ? code(plain) : plain.endsWith("[]") ? "list of objects" : "object";
  return isNullable ? `${shown} or \`null\`` : shown;
}

function isSecretWhole({ operation }: Page, path: string): boolean {
  const plain = path.replaceAll("[]", "");
  return operation.secretMembers.some((member) => plain === member || plain.startsWith(`${member}.`));
}

interface Members {
  readonly given: ReadonlyMap<string, Declared>;
  /** Outputs that are arguments. */
  readonly echoed: readonly string[];
  /** The other outputs and their members; what the arguments tell of already is not told twice. */
  readonly own: readonly [string, Declared][];
}

function membersOf(page: Page): Members {
  const { file, className } = namesOf(page);
  const given = declaredMembers(file, `${className}Inputs`);
  const outputs = [...declaredOutputs(file, className)];
  const rootOf = (path: string) => path.replace(/[.[].*/, "");
  const isTold = (path: string) => given.has(rootOf(path)) || given.has(path.slice(path.indexOf(".") + 1));
  return {
    given,
    echoed: outputs.map(([path]) => path).filter((path) => path === rootOf(path) && given.has(path)),
    own: outputs.filter(([path]) => isShown(path) && !isTold(path)),
  };
}

/** Members that are declared without a word about them. */
export function withoutSentence(page: Page): string[] {
  const { given, own } = membersOf(page);
  return [...given, ...own].filter(([path, { docstring }]) => isShown(path) && docstring === "").map(([path]) => path);
}

export function argumentsTable(page: Page): string {
  const rows = [...membersOf(page).given]
    .filter(([path]) => isShown(path))
    .map(([path, declared]) => {
      const isSecret = isSecretWhole(page, path) && !/secret/i.test(declared.docstring);
      const need = declared.isOptional ? (declared.byDefault ?? "") : "required";
      return [code(path), shownType(declared), need, `${declared.docstring}${isSecret ? " Secret." : ""}`.trim()];
    });
  return markdownTable(["argument", "type", "default", "meaning"], rows);
}

export function outputsTable(page: Page): string {
  const { own, echoed } = membersOf(page);
  const rows = own.map(([path, declared]) => [code(path), shownType(declared), declared.docstring]);
  const note = "One that the cloud has too is shown as it is there.";
  return `${markdownTable(["output", "type", "meaning"], rows)}\n\nAlso outputs: the arguments ${echoed.map(code).join(", ")}. ${note}`;
}

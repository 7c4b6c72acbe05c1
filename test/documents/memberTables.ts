import { type Declared, declaredMembers, declaredOutputs } from "../contracts/declaredTypes";
import { markdownTable } from "../support/generatedDocument";
import { namesOf, type Page } from "./pages";

// What a class takes and gives, as tables: names, types and sentences are those of the source.

const code = (text: string) => `\`${text}\``;

/** Items of lists and values of maps are told where the list or the map is. */
const isShown = (path: string) => !path.endsWith("[]") && !path.endsWith(".*");

/** A type as a reader needs it: what a nested object holds stands in rows of its own. */
function shownType({ type, texts, isOpen }: Declared): string {
  if (texts.length > 0) return texts.map((text) => code(`"${text}"`)).join(", ") + (isOpen ? " or newer" : "");
  const plain = type.replace(/ \| null/g, "");
  const isNullable = plain !== type;
  const named = /^[A-Z]\w+(\[\])?$/.exec(plain);
  const shown = named ? (named[1] === undefined ? "object" : "list of objects") : plain.includes("{") ? "object" : code(plain);
  return isNullable ? `${shown} or \`null\`` : shown;
}

function isSecretWhole({ operation }: Page, path: string): boolean {
  const plain = path.replaceAll("[]", "");
  return operation.secretMembers.some((member) => plain === member || plain.startsWith(`${member}.`));
}

/** Members that are declared without a word about them. */
export function withoutSentence(page: Page): string[] {
  const { file, className } = namesOf(page);
  const given = declaredMembers(file, `${className}Inputs`);
  const outputs = [...declaredOutputs(file, className)].filter(([name]) => !given.has(name));
  return [...given, ...outputs].filter(([path, { docstring }]) => isShown(path) && docstring === "").map(([path]) => path);
}

export function argumentsTable(page: Page): string {
  const { file, className } = namesOf(page);
  const all = declaredMembers(file, `${className}Inputs`);
  const rows = [...all]
    .filter(([path]) => isShown(path))
    .map(([path, declared]) => {
      const isSecret = isSecretWhole(page, path) && !/secret/i.test(declared.docstring);
      const need = declared.isOptional ? (declared.byDefault ?? "") : "required";
      return [code(path), shownType(declared), need, `${declared.docstring}${isSecret ? " Secret." : ""}`.trim()];
    });
  return markdownTable(["argument", "type", "default", "meaning"], rows);
}

export function outputsTable(page: Page): string {
  const { file, className } = namesOf(page);
  const given = new Set(declaredMembers(file, `${className}Inputs`).keys());
  const outputs = [...declaredOutputs(file, className)];
  const own = outputs.filter(([name]) => !given.has(name));
  const rows = own.map(([name, declared]) => [code(name), code(declared.type.replaceAll("\n", " ")), declared.docstring]);
  const echoed = outputs.filter(([name]) => given.has(name)).map(([name]) => code(name));
  return `${markdownTable(["output", "type", "meaning"], rows)}\n\nAlso outputs, as they are in the cloud: ${echoed.join(", ")}.`;
}

import { Configuration, type SettingName } from "../../provider/configuration";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { textOf } from "./documents";
import { MEANINGS, SETTINGS } from "./settings";

// The places are those that are really looked in.

it("docs/installation-configuration.md names every place of every setting", () => {
  const configuration = new Configuration(() => undefined, {});
  const code = (keys: readonly string[]) => keys.map((key) => `\`${key}\``).join(", ");
  const rows = Object.entries(MEANINGS).map(([name, meaning]) => {
    const keys = configuration.lookedFor(name as SettingName);
    return [meaning, code(keys.filter((key) => key.includes(":"))), code(keys.filter((key) => !key.includes(":")))];
  });
  expectDocumentPart("docs/installation-configuration.md", "settings", markdownTable(["what", "configuration", "environment"], rows));
});

/** The keys that a cell names, in full: after `patchbay:accessKeyId` stands `accessKeySecret` for another of the same namespace. */
function keysOf(cell: string): string[] {
  let namespace = "";
  return [...cell.matchAll(/`([\w:-]+)`/g)].map(([, key = ""]) => {
    const [, ofKey] = /^([\w-]+:)/.exec(key) ?? [];
    namespace = ofKey ?? namespace;
    return ofKey === undefined && /^[a-z]/.test(key) ? `${namespace}${key}` : key;
  });
}

it("README.md names places in which a setting is looked for, in their order", () => {
  const configuration = new Configuration(() => undefined, {});
  const table = textOf("README.md").split("## Signing in")[1]?.split("\n\n")[2] ?? "";
  const rows = table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").slice(2).flatMap(keysOf));
  expect(rows.flat().length).toBeGreaterThan(40);
  const placed = SETTINGS.map((name) => configuration.lookedFor(name));
  expect(rows.flat().filter((key) => !placed.some((keys) => keys.includes(key)))).toEqual([]);
  const inOrder = rows.flatMap((row) => placed.map((keys) => row.filter((key) => keys.includes(key)).map((key) => keys.indexOf(key))));
  expect(inOrder.filter((ranks) => ranks.some((rank, at) => rank < (ranks[at - 1] ?? 0)))).toEqual([]);
});

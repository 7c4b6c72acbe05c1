import { Configuration, type SettingName } from "../../provider/configuration";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { MEANINGS } from "./settings";

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

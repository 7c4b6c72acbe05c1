import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { scripts } from "../../package.json";
import { Configuration, type SettingName } from "../../provider/configuration";
import { declaredMembers, declaredOutputs } from "../contracts/declaredTypes";
import { codeIn, documents, repository, textOf } from "./documents";
import { namesOf, pages } from "./pages";
import { SETTINGS } from "./settings";

// What a page names is there: files, scripts, settings, and the words that a member takes.

const sources = ["provider", "test"].flatMap((folder) =>
  readdirSync(path.join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[jt]s$/.test(file))
    .map((file) => path.join(folder, file)),
);
const places = new Set(SETTINGS.flatMap((name: SettingName) => new Configuration(() => undefined, {}).lookedFor(name)));

const OF_THE_REPOSITORY = /^(?:provider|test|examples|docs|demo|bench|\.github|\.ci)(?:\/[\w.-]+)+\/?$/;
const isFolderOrFile = (name: string) => existsSync(path.join(repository, name)) || existsSync(path.join(repository, `${name}.ts`));

const lastPart = (member: string) => member.slice(member.lastIndexOf(".") + 1);

/** `onDestroy` → `leave`, `reject`, … of every class. */
function wordsOfMembers(): Map<string, Set<string>> {
  const words = new Map<string, Set<string>>();
  for (const page of pages) {
    const { file, className } = namesOf(page);
    const run = className === "KeyRegeneration" ? declaredMembers(file, "KeyRegenerationRun") : [];
    for (const [member, { texts }] of [...declaredMembers(file, `${className}Inputs`), ...declaredOutputs(file, className), ...run]) {
      for (const text of texts) words.set(lastPart(member), (words.get(lastPart(member)) ?? new Set()).add(text));
    }
  }
  return words;
}
const words = wordsOfMembers();

describe.each([...documents, "test/cloud/README.md"])("%s", (file) => {
  const text = textOf(file);

  it("names no file or folder that is not there", () => {
    // Sources are files of other repositories.
    const named = codeIn(text.replace(/^## Sources$.*/ms, "")).filter((code) => OF_THE_REPOSITORY.test(code));
    expect(named.filter((name) => !isFolderOrFile(name))).toEqual([]);
  });

  it("names no script and no test that is not there", () => {
    const runs = [...text.matchAll(/\bnpm (?:run )?(?:-s )?(test|(?<=run )[\w-]+|(?<=run -s )[\w-]+)/g)].map(([, name]) => name as string);
    expect(runs.filter((name) => !(name in scripts))).toEqual([]);
    const tests = [...text.matchAll(/\bjest ([\w/.-]*\/[\w/.-]+)/g)].map(([, name]) => name as string);
    expect(tests.filter((name) => !sources.some((source) => source.startsWith(name)))).toEqual([]);
  });

  it("names no setting that is not read", () => {
    const named = [...text.matchAll(/\b(?:patchbay|azure-native|alicloud):[a-z]\w+|\b(?:ARM|AZURE|ALICLOUD|ALIBABA_CLOUD)_[A-Z_]+[A-Z]/g)];
    expect(named.map(([name]) => name).filter((name) => !places.has(name))).toEqual([]);
    const own = [...text.matchAll(/\bPATCHBAY_[A-Z_]+/g)].map(([name]) => name);
    expect(own.filter((name) => !sources.some((source) => textOf(source).includes(name)))).toEqual([]);
  });

  it("gives no member a word that it does not take", () => {
    const given = codeIn(text).flatMap((code) => [...code.matchAll(/(\w[\w.]*): "([\w-]+)"/g)]);
    const wrong = given.filter(([, member = "", word = ""]) => words.get(lastPart(member))?.has(word) === false);
    expect(wrong.map(([code]) => code)).toEqual([]);
  });
});

it.each(documents.filter((file) => file.startsWith("docs/")))(
  "%s begins with its title, which is its heading, and a description",
  (file) => {
    const [, title, heading] = /^---\ntitle: (.+)\nmeta_desc: ".+"\nlayout: package\n---\n\n# (.+)\n/.exec(textOf(file)) ?? [];
    expect([title, title]).toEqual([expect.any(String), heading]);
  },
);

it("every page is linked from another one", () => {
  const links = documents.flatMap((file) =>
    [...textOf(file).matchAll(/\]\(([^)#\s]+)/g)].map(([, link]) => path.join(path.dirname(file), link as string)),
  );
  const alone = documents.filter((file) => file.startsWith("docs/") && !links.includes(file));
  expect(alone).toEqual([]);
});

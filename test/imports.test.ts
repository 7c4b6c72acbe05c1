import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const repository = path.resolve(__dirname, "..");

interface ImportRule {
  linter: { rules: { style: { noRestrictedImports: { options: { patterns: { message: string }[] } } } } };
}
const rules = JSON.parse(readFileSync(path.join(repository, "biome.json"), "utf8")) as { overrides: ImportRule[] };

/** One violation per import rule: where it would stand, what it would import, and the sentence that refuses it. */
const violations: [where: string, code: string, sentence: string][] = [
  ["provider/engine/operation.ts", 'import { armId } from "./armId";', "The contract is types and errors"],
  ["provider/errors.ts", 'import { inspect } from "node:util";', "The contract is types and errors"],
  ["provider/webpubsub/sixth.ts", 'import axios from "axios";', "An operation describes requests; it never sends them"],
  ["provider/webpubsub/sixth.ts", 'import { Transport } from "../transport/transport";', "An operation describes requests"],
  ["provider/webpubsub/sixth.ts", 'import { backendPath } from "../apimanagement/backend";', "and never knows its siblings"],
  ["provider/webpubsub/sixth.ts", 'import { randomUUID } from "node:crypto";', "An operation describes requests"],
  ["provider/webpubsub/sixth.ts", 'import { lifecycle } from "../engine/lifecycle";', "An operation describes requests"],
  ["provider/engine/resource.ts", 'import { z } from "zod";', "The declaration side loads nothing that only the provider process needs"],
  ["provider/engine/resource.ts", 'import { lifecycle } from "./lifecycle";', "The declaration side loads nothing"],
  [
    "provider/engine/lifecycle.ts",
    'import * as pulumi from "@pulumi/pulumi";',
    "The lifecycle knows operations and transport by their contract alone",
  ],
  ["provider/engine/lifecycle.ts", 'import { Transport } from "../transport/transport";', "by their contract alone, and Pulumi not at all"],
  ["provider/engine/ownership.ts", 'import { operation } from "../apimanagement/backendPatch";', "The lifecycle knows operations"],
  ["provider/transport/retry.ts", 'import * as pulumi from "@pulumi/pulumi";', "Transport knows requests, not who sends them"],
  ["provider/transport/send.ts", 'import { lifecycle } from "../engine/lifecycle";', "Transport knows requests, not who sends them"],
  [
    "provider/runtime.ts",
    'import { PatchbayResource } from "./engine/resource";',
    "The door of the provider process never loads the declaration side",
  ],
  ["examples/sixth.ts", 'import * as patchbay from "../provider";', "An example imports the package by its name"],
  ["examples/testing/sixth.ts", 'import { startCloud } from "../../test/cloud";', "The tests of a program know its folder"],
  [
    "test/cloud/sixth.ts",
    'import { armId } from "../../provider/engine/armId";',
    "The local cloud is written from the services' documentation",
  ],
];

/** What the linter says, in a tree of its own with the project's rules, of a file that holds this import and uses it. */
function lint(where: string, code: string): string {
  const tree = mkdtempSync(path.join(tmpdir(), "patchbay-imports-"));
  try {
    const name = /\{ (\w+) \}/.exec(code)?.[1] ?? /(?:\* as )?(\w+) from/.exec(code)?.[1];
    mkdirSync(path.dirname(path.join(tree, where)), { recursive: true });
    writeFileSync(path.join(tree, where), `${code}\nexport const used = ${name};\n`);
    writeFileSync(path.join(tree, "biome.json"), JSON.stringify({ ...rules, $schema: undefined, vcs: { enabled: false } }));
    const biome = path.join(repository, "node_modules/.bin/biome");
    const result = spawnSync(biome, ["lint", "--colors=off", where], { cwd: tree, encoding: "utf8" });
    return `${result.stdout}${result.stderr}`;
  } finally {
    rmSync(tree, { recursive: true });
  }
}

describe("an import rule", () => {
  it.each(violations)("refuses in %s: %s", (where, code, sentence) => {
    expect(lint(where, code)).toContain(sentence);
  });

  it.each([
    ["provider/webpubsub/sixth.ts", 'import { armId } from "../engine/armId";'],
    ["provider/transport/send.ts", 'import { toState } from "./redact";'],
    ["examples/sixth.ts", 'import * as patchbay from "pulumi-patchbay";'],
  ])("allows in %s: %s", (where, code) => {
    expect(lint(where, code)).not.toContain("noRestrictedImports");
  });

  it("has a violation in this test for each of its sentences", () => {
    const sentences = rules.overrides.map(({ linter }) => linter.rules.style.noRestrictedImports.options.patterns[0]?.message ?? "");
    const unproven = sentences.filter((sentence) => !violations.some(([, , part]) => sentence.includes(part)));
    expect(unproven).toEqual([]);
  });
});

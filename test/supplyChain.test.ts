import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { dependencies, overrides, scripts } from "../package.json";
import lockfile from "../package-lock.json";
import { expectDocument, markdownTable, pageHeading } from "./support/generatedDocument";

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const locked: Readonly<Record<string, Locked>> = lockfile.packages;

/** Why this package itself needs each of its dependencies. */
const REASONS: Readonly<Record<keyof typeof dependencies, string>> = {
  "@alicloud/openapi-util": "the official signer of Alibaba Cloud's requests (ACS3-HMAC-SHA256)",
  "@azure/identity": "the official ways to sign in to Azure; loaded when one of them is used",
  axios: "HTTP; loaded at the first request",
  "iso8601-duration": "whether two durations are equally long",
  zod: "shape and limits of the arguments; loaded in the provider process",
};

/**
 * Versions below these have published advisories that touch this package: GHSA-q8qp-cvcw-x6jj, GHSA-hfxv-24rg-xrqf,
 * GHSA-vf2m-468p-8v99, GHSA-fvcv-3m26-pcqx and others of axios.
 */
const FLOORS: Readonly<Record<string, string>> = { axios: "1.18.0" };

function isBelow(version: string, floor: string): boolean {
  const [one, other] = [version, floor].map((text) =>
    text
      .replace(/^[\^~]/, "")
      .split(".")
      .map(Number),
  );
  const at = (one ?? []).findIndex((part, index) => part !== other?.[index]);
  return at >= 0 && (one?.[at] ?? 0) < (other?.[at] ?? 0);
}

/** Where a package finds another, as Node looks for it. */
function placeOf(name: string, from: string): string | undefined {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf("node_modules/") - 1))) {
    const place = `${above === "" ? "" : `${above}/`}node_modules/${name}`;
    if (locked[place] !== undefined) return place;
    if (above === "") return undefined;
  }
}

/** Every package that a user's install brings, and which one asked for it first; breadth first, so that the reason is a short one. */
function runTimeTree(): Map<string, string> {
  const tree = new Map<string, string>();
  const queue = Object.keys(dependencies).map((name) => ({ name, from: "" }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const place = placeOf(next.name, next.from);
    if (place === undefined || tree.has(place)) continue;
    tree.set(place, next.from);
    const needs = { ...locked[place]?.dependencies, ...locked[place]?.optionalDependencies };
    for (const name of Object.keys(needs)) queue.push({ name, from: place });
  }
  return tree;
}

const nameOf = (place: string) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
const tree = runTimeTree();
const repository = path.resolve(__dirname, "..");

/** Bytes of the installed files, without packages inside. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules")
    .reduce((bytes, entry) => {
      const file = path.join(folder, entry.name);
      return bytes + (entry.isDirectory() ? sizeOf(file) : statSync(file).size);
    }, 0);
}

function kibibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024).toLocaleString("en")} KiB`;
}

it(`docs/dependencies.md lists the ${tree.size} packages of an install with version, licence, size and reason`, () => {
  const rows = [...tree].map(([place, from]) => {
    const name = nameOf(place);
    const reason = from === "" ? REASONS[name as keyof typeof REASONS] : `needed by ${nameOf(from)}`;
    const { version = "", license = "" } = locked[place] ?? {};
    return {
      cells: [name, version, license, kibibytes(sizeOf(path.join(repository, place))), reason ?? ""],
      bytes: sizeOf(path.join(repository, place)),
    };
  });
  expect(rows.filter(({ cells }) => cells.some((cell) => cell === ""))).toEqual([]);
  const total = kibibytes(rows.reduce((bytes, row) => bytes + row.bytes, 0));
  expectDocument(
    "docs/dependencies.md",
    `${pageHeading("What an install brings", "Every package that an install of pulumi-patchbay brings, with its version, licence, size and reason.")}

${tree.size} packages, ${total} unpacked, beside \`@pulumi/pulumi\`, which your program has already. None of them runs a script when it is
installed. The versions are those of the lockfile with which every test ran; a test writes this page and fails when it is stale.

${markdownTable(
  ["package", "version", "licence", "unpacked", "why"],
  rows.map(({ cells }) => cells),
)}
`,
  );
});

it("nothing that is installed, here or by a user, runs a script of its own", () => {
  expect([...tree.keys()].filter((place) => locked[place]?.hasInstallScript === true)).toEqual([]);
  expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?(?:install|prepare)/.test(name))).toEqual([]);
});

it("a version is compared by its numbers", () => {
  expect(["1.9.0", "1.18.0", "^1.18.1", "1.17.99", "0.30.4"].map((version) => isBelow(version, "1.18.0"))).toEqual([
    true,
    false,
    false,
    true,
    true,
  ]);
});

it("every package is locked to one content", () => {
  const open = Object.entries(locked).filter(
    ([place, { integrity, version }]) => place !== "" && (integrity === undefined || version === undefined),
  );
  // A package inside another one's archive is covered by that one's.
  expect(open.filter(([, entry]) => !("inBundle" in entry))).toEqual([]);
});

it("licences are those that Apache-2.0 software may bring along", () => {
  const licences = new Set([...tree.keys()].map((place) => locked[place]?.license));
  expect([...licences].sort()).toEqual(["0BSD", "Apache-2.0", "BSD-3-Clause", "ISC", "MIT"]);
});

it.each(Object.entries(FLOORS))("%s is at %s or newer, also where a user's install resolves it anew", (name, floor) => {
  const versions = [...tree.keys()].filter((place) => nameOf(place) === name).map((place) => locked[place]?.version ?? "");
  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter((version) => isBelow(version, floor))).toEqual([]);
  const direct = (dependencies as Record<string, string>)[name];
  if (direct !== undefined) expect(isBelow(direct, floor)).toBe(false);
});

it("what is pinned beside the dependencies has its reason", () => {
  expect(Object.keys(overrides)).toEqual(["unrs-resolver"]);
});

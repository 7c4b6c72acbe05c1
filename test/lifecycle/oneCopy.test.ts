import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const built = path.resolve(__dirname, "../../dist");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-linked-"));
  symlinkSync(built, path.join(folder, "dist"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Prints which files of the package hold operations and transport, after two programs loaded it by a link and by its own name. */
const script = `
  const [linked, real] = process.argv.slice(1);
  const hooks = [linked, real].map((dist) => require(dist + "/runtime").provider("webpubsub/KeyRegeneration"));
  const inputs = { resourceGroupName: "rg", resourceName: "chat", keyType: "Salt", __provider: "text" };
  Promise.all(hooks.map((each) => each.create(inputs).then(() => "created", (error) => error)))
    .then((errors) => {
      const known = require(real + "/errors");
      const areKnown = errors.every((error) => error instanceof known.PatchbayError);
      const loaded = Object.keys(require.cache).filter((file) => /keyRegeneration|transport.transport\\.js/.test(file));
      console.log(JSON.stringify({ areKnown, loaded: loaded.map((file) => file.startsWith(real)) }));
    });
`;

describe("the runtime, in a process where Node keeps the name of a link", () => {
  it("loads operations and transport once, and all errors are of the same classes", () => {
    const environment = { PATH: process.env.PATH, HOME: folder };
    const options = { encoding: "utf8", env: environment } as const;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--preserve-symlinks", "-e", script, "--", path.join(folder, "dist"), built],
      options,
    );
    expect([stderr, JSON.parse(stdout || "{}")]).toEqual(["", { areKnown: true, loaded: [true, true] }]);
  });
});

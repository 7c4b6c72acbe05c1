import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { providerText } from "../../provider/engine/resource";

// The text that state holds finds the package from the folder of the program, whatever that is called.

const repository = path.resolve(__dirname, "../..");
let parent: string;

beforeAll(() => {
  parent = mkdtempSync(path.join(tmpdir(), "patchbay-folders-"));
});
afterAll(() => rmSync(parent, { recursive: true }));

/** Evaluates the text as the engine's host does. */
const evaluate = (text: string) => `
  const exports = {};
  new Function("exports", "require", ${JSON.stringify(text)})(exports, require);
  console.log(typeof exports.handler().create);
`;

it.each(["plain", "two words", "100%41", "a#b", "what?", "ümläut", "it's"])(
  "the provider text finds the package in a folder named %j",
  (name) => {
    const folder = path.join(parent, name);
    mkdirSync(path.join(folder, "node_modules"), { recursive: true });
    symlinkSync(repository, path.join(folder, "node_modules", "pulumi-patchbay"), "junction");
    const printed = execFileSync(process.execPath, ["-e", evaluate(providerText("webpubsub/RotatingKeys"))], { cwd: folder });
    expect(printed.toString()).toBe("function\n");
  },
);

it.each([String.raw`C:\work\program`, String.raw`C:\Program Files\it's (x86)`, "C:\\", String.raw`\\server\share\program`])(
  "with a slash behind it, %s is a folder for Windows too",
  (folder) => {
    expect(providerText("any/Any")).toContain('createRequire(process.cwd()+"/")');
    // What createRequire does with a path that ends with a slash: it asks for an absolute one, and looks from a file in it.
    expect(path.win32.isAbsolute(`${folder}/`)).toBe(true);
    expect(path.win32.relative(folder, path.win32.dirname(path.win32.join(`${folder}/`, "noop.js")))).toBe("");
  },
);

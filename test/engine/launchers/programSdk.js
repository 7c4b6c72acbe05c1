const { existsSync, fstatSync } = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");

/** A `require` that resolves as @pulumi/pulumi itself does, for the copy that the program in `directory` uses. */
function requireFromSdk(directory) {
  try {
    return createRequire(createRequire(path.join(directory, "index.js")).resolve("@pulumi/pulumi"));
  } catch (error) {
    if (error.code !== "MODULE_NOT_FOUND") throw error;
    // The first sentence is the official host's own, so that a search for it finds its documentation.
    throw new Error(
      "It looks like the Pulumi SDK has not been installed: @pulumi/pulumi cannot be found from " +
        `${directory}. Run \`npm install\` in ${packageDirectory(directory)}, then run the same command again.`,
    );
  }
}

function packageDirectory(directory) {
  for (let candidate = directory; ; candidate = path.dirname(candidate)) {
    if (existsSync(path.join(candidate, "package.json"))) return candidate;
    if (candidate === path.dirname(candidate)) return directory;
  }
}

/** The engine holds the other end of a plugin's stdin for as long as it lives: a killed engine leaves no process behind. */
function onEngineGone(stop) {
  // As bigint: after a plain fstat of a pipe, Node 20 stops resolving links, and with pnpm packages miss what belongs to them.
  if (!fstatSync(0, { bigint: true }).isFIFO()) return;
  process.stdin.once("close", stop).once("end", stop).resume();
  process.stdin.unref();
}

/** Ends with a sentence that the engine shows under the stack, in place of a stack trace. */
function exitWith(error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

module.exports = { exitWith, onEngineGone, requireFromSdk };

import { realpathSync } from "node:fs";
import * as path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { Configuration } from "./configuration";
import { attachHost } from "./engine/host";
import { journalDirectory, openJournal } from "./engine/journal";
import { lifecycle, type Surroundings } from "./engine/lifecycle";
import type { Operation } from "./engine/operation";
import type { Carrier } from "./engine/run";
import { ConfigurationError } from "./errors";

// The door that state knocks on. Its path, `provider(name)` and the names are stored in state for ever.

let readConfig: (key: string) => string | undefined = () => undefined;
let opened: Surroundings | undefined;

/** The hooks of one operation, for the provider text in state: `provider("apimanagement/BackendPatch")`. */
export function provider(name: string): pulumi.dynamic.ResourceProvider {
  const file = realpathSync(__filename);
  // Through a link Node 20 loads one file under two names once anything in the process has called fstat on a pipe. Of two
  // copies each would have its own error classes, queues and remembered secrets: the one under the real name serves all.
  if (file !== __filename) return (require(file) as { provider: typeof provider }).provider(name);
  opened ??= open();
  return {
    // The host waits for this only in its first caller, so everything but keeping the object is done at first use.
    configure: async ({ config }) => {
      readConfig = (key) => config.get(key);
    },
    ...lifecycle(load(name), opened),
  };
}

function open(): Surroundings {
  const settings = new Configuration((key) => readConfig(key), process.env);
  let carrier: Carrier | undefined;
  return {
    host: attachHost(process.argv[1], process.argv[2]),
    settings,
    journal: openJournal(journalDirectory(process.env)),
    carrier: () => {
      if (carrier === undefined) {
        const { Transport } = require("./transport/transport") as typeof import("./transport/transport");
        carrier = new Transport(settings);
      }
      return carrier;
    },
  };
}

/** The file is the registry: `apimanagement/BackendPatch` is `apimanagement/backendPatch`. Names come from state, so they are guarded. */
function load(name: string): Operation<object, object> {
  const [, folder, first, rest] = /^([a-z]+)\/([A-Z])([A-Za-z]*)$/.exec(name) ?? [];
  const file = `${folder}/${first?.toLowerCase()}${rest}`;
  const found = folder === undefined ? undefined : fileOf(path.join(__dirname, file));
  const { operation } = (found === undefined ? {} : require(found)) as { operation?: Operation<object, object> };
  if (operation?.name === name) return operation;
  throw new ConfigurationError(
    `This version of pulumi-patchbay knows no operation ${JSON.stringify(name.slice(0, 100))}. The state was written by a newer version: install that one (npm install pulumi-patchbay@latest) and run again.`,
  );
}

/** Looked for before it is loaded: a module that is missing further down is a broken installation, not another version. */
function fileOf(module: string): string | undefined {
  try {
    return require.resolve(module);
  } catch {
    return undefined;
  }
}

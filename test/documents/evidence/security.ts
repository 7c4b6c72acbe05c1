import type { Statement } from "./statement";

const CANARIES = "canaries/table.test.ts: no secret is found where none may be, and what is no secret is found everywhere";

export const SECURITY: readonly Statement[] = [
  [
    "there is no name and no secret in it",
    "recording/replay.test.ts: holds no secret of the cloud, no name and no text of the user, in any spelling",
  ],
  ["| credentials of Azure and Alibaba Cloud |", CANARIES],
  ["| access tokens |", CANARIES, "transport/longRunning.test.ts: sends nothing to another host that a later poll names"],
  [
    "| keys and connection strings of Web PubSub |",
    CANARIES,
    "webpubsub/rotatingKeys.test.ts: no key is in the state, and the turns are the same",
  ],
  ["| `credentials`, `proxy` of a backend, `prior` |", CANARIES],
  ["| polling addresses of running operations (signed) |", CANARIES],
  ["With `-v=9`, and in events of severity debug, it writes the properties", CANARIES],
  ["is remembered as a keyed digest, never as it is", "transport/remembered.test.ts: is not kept: nothing of it can be read back"],
  [
    "An answer of the service, or whatever stands between",
    "transport/http.test.ts: takes no more than 4 MiB of an unpacked body",
    "transport/azure.test.ts: loses a byte order mark and members called __proto__, and no other",
    "transport/allowList.test.ts: of JSON in the place of another answer its names, wherever it is cut",
    "salvage/transport.test.ts: A line that is told is one line, of a length that fits, whatever is in it",
    "transport/http.test.ts: does not follow a redirect",
  ],
  [
    "A `Location` or `Azure-AsyncOperation` header",
    "transport/longRunning.test.ts: sends nothing to %s",
    "transport/longRunning.test.ts: sends nothing to another host that a later poll names",
    "transport/longRunning.test.ts: refuses a stored URL of another host",
    "transport/longRunning.test.ts: polls Azure-AsyncOperation verbatim and before Location",
  ],
  [
    "The endpoint setting",
    "configuration.test.ts: refuses the endpoint %s",
    "configuration.test.ts: accepts the endpoint %s",
    "transport/http.test.ts: goes through the proxy that the environment names, but for hosts of NO_PROXY",
    "transport/http.test.ts: goes directly to a loopback host, whatever proxy the environment names",
  ],
  ["A local emulator", "configuration.test.ts: takes endpoint and authority from their overrides"],
  [
    "Names and arguments of the program",
    "hostile/names.test.ts: never leaves its place: %s",
    "apimanagement/backendRules.test.ts: refuses %j",
    "lifecycle/check.test.ts: gives each reason in words of its own, with the value unless it is secret, misspelled or missing",
    "hostile/shown.test.ts: stand in a refused value as they are written",
    "hostile/shown.test.ts: are read once: what was checked is what is used",
  ],
  [
    "A pull request from a fork",
    "engine/pipelines.test.ts: previews a pull request from a fork without state, credentials or secrets",
    "lifecycle/check.test.ts: changes nothing of the inputs and sends nothing",
  ],
  [
    "The state",
    "lifecycle/resource.test.ts: registers under its type token with the constant provider text",
    "lifecycle/providerText.test.ts: the provider text finds the package in a folder named %j",
    "lifecycle/runtime.test.ts: refuses the name %j, saying what to do",
  ],
  [
    "Notes on the machine",
    "lifecycle/journal.test.ts: tells nothing by its file's name, and is for this user alone",
    "webpubsub/killed.test.ts: leaves a note without any key in it",
    "apimanagement/killed.test.ts: notes no secret, says that its first value is lost, and leaves it as it is at destroy",
  ],
  [
    "A recording",
    "recording/recorder.test.ts: is loaded only where the variable is set",
    "recording/exchange.test.ts: whatever a body holds and wherever, no text and no name of it is in the recording",
    "recording/placeholders.test.ts: whatever the texts are, each has one placeholder of its own, and nothing of it is in there",
    "recording/replay.test.ts: can be read and written by its owner alone",
  ],
  ["Another user of the same process", "engine/manyAtOnce.test.ts: one at a time per service and key pair, one token"],
  [
    "None runs an install script; the lockfile has the content hash of each",
    "supplyChain.test.ts: nothing that is installed, here or by a user, runs a script of its own",
    "supplyChain.test.ts: every package is locked to one content",
  ],
];

import type { Statement } from "./statement";

/** What is seen, row by row. */
export const TROUBLESHOOTING: readonly Statement[] = [
  [
    "`Cannot find module 'pulumi-patchbay/runtime'`",
    "engine/layouts.test.ts: whose package is missing at destroy is told what to install, and loses nothing",
  ],
  [
    "`It looks like the Pulumi SDK has not been installed`",
    "engine/engine.test.ts: says how to go on when node_modules is missing at destroy",
    "engine/automation.test.ts: an inline program needs the package where the engine looks for it",
  ],
  [
    "`code must be a string, not undefined`",
    "engine/tools.test.ts: pulumi import and the option import do not work; up adopts what is there",
  ],
  ["`This version of pulumi-patchbay knows no operation …`", "lifecycle/runtime.test.ts: refuses the name %j, saying what to do"],
  [
    "`… arguments have to be corrected`",
    "engine/pipelines.test.ts: comments the mistakes of a program that has some, and fails",
    "lifecycle/check.test.ts: says of an argument that does not exist to check its spelling",
  ],
  ["the stack is locked", "engine/suddenEnd.test.ts: the next run finds out, does nothing twice, and a third has nothing to do"],
  [
    "a warning about pending operations",
    "engine/suddenEnd.test.ts: the next run finds out, does nothing twice, and a third has nothing to do",
  ],
  [
    "`waiting …` on a resource's line of the display",
    "lifecycle/run.test.ts: shows on the resource's own row what is waited for and how long is left, for as long as it waits",
    "kvstore/lostAnswers.test.ts: goes on in the next run without a second allocation",
  ],
  [
    "an update of a backend at every run",
    "apimanagement/backendPatch.test.ts: is told of when the service itself changed something with our write, or kept its own value",
    "engine/backendPatch.test.ts: shows drift of owned leaves after a refresh",
  ],
  [
    "a key was regenerated and nobody changed a trigger",
    "lifecycle/diff.test.ts: names each trigger that changed, with both values, and no other",
  ],
  ["`AuthorizationFailed` right after a role was given", "transport/azure.test.ts: a missing permission"],
  [
    "`refused the connection`, `could not be resolved`",
    "engine/backendPatchRefusal.test.ts: and that nobody listens at an endpoint",
    "transport/http.test.ts: goes through the proxy that the environment names, but for hosts of NO_PROXY",
  ],
  ["the output of an OIDC sign-in", "transport/signInFailures.test.ts: of a wrong OIDC assertion names the federated credential"],
  [
    "a mistake of this package itself",
    "recording/replay.test.ts: gives the same run: the same ends, the same requests with the same bodies",
  ],
];

import type { Mutation } from "./mutations";

const MODULES = "test/budgets/modules.test.ts";

/** What a run may cost. */
export const budgetMutations: readonly Mutation[] = [
  {
    breaks: "a program loads no schema library",
    file: "apimanagement/backendPatch.ts",
    find: 'import type * as pulumi from "@pulumi/pulumi";',
    replace: 'import "zod";\nimport type * as pulumi from "@pulumi/pulumi";',
    caughtBy: [MODULES],
    isOfTheBuild: true,
  },
  {
    breaks: "a program loads no HTTP client",
    file: "engine/resource.ts",
    find: 'import * as pulumi from "@pulumi/pulumi";',
    replace: 'import * as pulumi from "@pulumi/pulumi";\nimport "axios";',
    caughtBy: [MODULES],
    isOfTheBuild: true,
  },
  {
    breaks: "the credential library is loaded for a sign-in that needs it",
    file: "transport/identity.ts",
    find: 'import { boundedBody } from "./boundedBody";',
    replace: 'import "@azure/identity";\nimport { boundedBody } from "./boundedBody";',
    caughtBy: [MODULES],
    isOfTheBuild: true,
  },
  {
    breaks: "a patch asks twice and no more",
    file: "apimanagement/backendSync.ts",
    find: 'if (!("mayHaveLanded" in after)) return after;',
    replace: 'if (!("mayHaveLanded" in after)) return { ...after, ...(await readBackend(path, run)) };',
    caughtBy: ["test/budgets/requests.test.ts"],
  },
  {
    breaks: "nothing is stored twice",
    file: "apimanagement/backendPatch.ts",
    find: "...observedMembers(given, synced.properties), etag: synced.etag };",
    replace: "...observedMembers(given, synced.properties), etag: synced.etag, observed: synced.properties } as BackendPatchState;",
    caughtBy: ["test/budgets/state.test.ts"],
    isOfTheBuild: true,
  },
  {
    breaks: "polls widen where the service gives no hint",
    file: "transport/operationStatus.ts",
    find: "FIRST_OWN_MS * 1.5 ** polls",
    replace: "FIRST_OWN_MS",
    caughtBy: ["test/budgets/polls.test.ts"],
  },
  {
    breaks: "no stack is taken for each property of a resource",
    file: "engine/stackTraces.ts",
    find: "Error.stackTraceLimit = 0;",
    replace: "",
    caughtBy: ["test/lifecycle/stackTraces.test.ts"],
  },
];

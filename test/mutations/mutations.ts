/** A deliberate bug: one rule of the package broken, and the tests that have to notice. */
export interface Mutation {
  /** The rule that is broken. */
  readonly breaks: string;
  /** Below provider/. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Paths of test files, as jest takes them. */
  readonly caughtBy: readonly string[];
}

const MODEL = "test/model/backendOwnership.test.ts";
const WIRE = "test/wire/backendPatch.test.ts";

export const mutations: readonly Mutation[] = [
  {
    breaks: "a write carries the ETag just read",
    file: "apimanagement/backendSync.ts",
    find: "ifMatch: ifMatch ?? current.etag",
    replace: 'ifMatch: ifMatch ?? "*"',
    caughtBy: [MODEL, WIRE],
  },
  {
    breaks: "a PATCH holds owned leaves alone",
    file: "apimanagement/backendSync.ts",
    find: "const properties = fromLeaves(leaves.filter((leaf) => leaf.value !== null));",
    replace: "const properties = { ...current.properties, ...fromLeaves(leaves.filter((leaf) => leaf.value !== null)) };",
    caughtBy: [MODEL, WIRE],
  },
  {
    breaks: "a list is one leaf",
    file: "engine/ownership.ts",
    find: "if (isObject(value) && !ownership.isLeaf(path)) return leavesOf(value as JsonObject, ownership, path);",
    replace:
      'if (typeof value === "object" && value !== null && !ownership.isLeaf(path)) return leavesOf(value as JsonObject, ownership, path);',
    caughtBy: [MODEL],
  },
  {
    breaks: "both tls flags are sent",
    file: "apimanagement/backendSync.ts",
    find: "const leaves = leavesOf(withBothTlsFlags(wanted, current.properties), backendOwnership);",
    replace: "const leaves = leavesOf(wanted, backendOwnership);",
    caughtBy: [MODEL, WIRE],
  },
  {
    breaks: "a map of headers is one leaf",
    file: "apimanagement/backend.ts",
    find: 'isLeaf: (path) => WHOLE_MAPS.includes(path.join(".")),',
    replace: "isLeaf: () => false,",
    caughtBy: [MODEL],
  },
  {
    breaks: "an empty text is nothing",
    file: "apimanagement/backend.ts",
    find: 'isNothing: (path, value) => value === "" && TYPED_LEAVES.includes(path.join(".")),',
    replace: "isNothing: () => false,",
    caughtBy: ["test/lifecycle/backendMeaning.test.ts"],
  },
  {
    breaks: "durations are compared by their length",
    file: "apimanagement/backend.ts",
    find: "if (DURATIONS.has(member)) return isoDurationSeconds(value) ?? value;",
    replace: "",
    caughtBy: ["test/lifecycle/backendMeaning.test.ts"],
  },
  {
    breaks: "a key is not regenerated again after a killed run",
    file: "webpubsub/regeneration.ts",
    find: "const open = leftOpen(target, run);",
    replace: "const open = leftOpen(target, run) && undefined;",
    caughtBy: ["test/webpubsub/killed.test.ts"],
  },
  {
    breaks: "a busy service is a reason to look at the keys again",
    file: "webpubsub/regeneration.ts",
    find: "rotate(target, run, isWatched || open !== undefined)",
    replace: "rotate(target, run, false)",
    caughtBy: ["test/webpubsub/killed.test.ts"],
  },
  {
    breaks: "of two keys in turns, the one that was handed out is never regenerated",
    file: "webpubsub/handover.ts",
    find: "const idleKeyType = otherThan(knownActive(id, activeKeyType));",
    replace: "const idleKeyType = knownActive(id, activeKeyType);",
    caughtBy: ["test/webpubsub/rotatingKeys.test.ts", "test/webpubsub/rotatingKeysHistories.test.ts"],
  },
  {
    breaks: "a key whose regeneration was not seen is not handed out",
    file: "webpubsub/handover.ts",
    find: "record: (unknown) => record(wanted, { activeKeyType, activeKey,",
    replace: "record: (unknown) => record(wanted, { activeKeyType: idleKeyType, activeKey,",
    caughtBy: ["test/webpubsub/rotatingKeysUnseen.test.ts"],
  },
  {
    breaks: "a note outlives an engine that is gone",
    file: "engine/run.ts",
    find: "if ((await host.isEngineThere?.()) !== false) notes?.forget(urn);",
    replace: "notes?.forget(urn);",
    caughtBy: ["test/lifecycle/journal.test.ts"],
  },
  {
    breaks: "the value of a misspelled argument is not shown",
    file: "engine/check.ts",
    find: "!(String(path[0]) in schemaOf(operation).shape) || ",
    replace: "",
    caughtBy: ["test/lifecycle/checkSecrets.test.ts", "test/lifecycle/check.test.ts"],
  },
  {
    breaks: "a limit is stated once",
    file: "apimanagement/backendLimits.ts",
    find: "title: text(1, 300).nullish(),",
    replace: "title: text(1, 301).nullish(),",
    caughtBy: ["test/contracts/docstrings.test.ts", "test/contracts/walk.test.ts"],
  },
  {
    breaks: "a private endpoint of another subscription is refused before any write",
    file: "redisenterprise/approval.ts",
    find: "guardSubscription(found, given.allowedSubscriptionIds);",
    replace: "",
    caughtBy: ["test/redisenterprise/privateEndpointConnection.test.ts"],
  },
  {
    breaks: "an endpoint of somebody else is left alone",
    file: "kvstore/directRelease.ts",
    find: "connectionDomain !== undefined && existing.connectionDomain !== connectionDomain",
    replace: "connectionDomain !== undefined && existing.connectionDomain === undefined",
    caughtBy: ["test/kvstore/lostAnswers.test.ts"],
  },
  {
    breaks: "a polling address of another origin is refused",
    file: "transport/sameOrigin.ts",
    find: "resolved.origin === new URL(endpoint).origin",
    replace: "resolved.origin !== undefined",
    caughtBy: ["test/transport/longRunning.test.ts"],
  },
];

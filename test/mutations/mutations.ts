import { budgetMutations } from "./budgets";
import { faultMatrixMutations } from "./faultMatrix";
import { recordingMutations } from "./recordings";

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
  /** The tests look at the package as it is published, which has to be built with the bug. */
  readonly isOfTheBuild?: true;
}

const MODEL = "test/model/backendOwnership.test.ts";
const WIRE = "test/wire/backendPatch.test.ts";
const MANY = "test/load/manyAtOnce.test.ts";
const SOAK = "test/load/soak.test.ts";

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
    find: "isWatched || open !== undefined,",
    replace: "false,",
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
  {
    breaks: "one write at a time goes to an API Management service",
    file: "apimanagement/backendPatch.ts",
    find: ".exclusively(writerKey(path), () => syncBackend",
    replace: ".exclusively(writerKey(path) + Math.random(), () => syncBackend",
    caughtBy: [MANY],
  },
  {
    breaks: "a reconnect takes its turn with the patches of its service",
    file: "apimanagement/backendReconnect.ts",
    find: "run.exclusively(writerKey(path), async",
    replace: "run.exclusively(writerKey(path) + Math.random(), async",
    caughtBy: [MANY],
  },
  {
    breaks: "key operations of one service go one at a time",
    file: "webpubsub/regeneration.ts",
    find: "return run.exclusively(armId(target.service).toLowerCase(), work);",
    replace: "return run.exclusively(target.id, work);",
    caughtBy: [MANY, "test/webpubsub/twoKeys.test.ts"],
  },
  {
    breaks: "services do not wait for each other",
    file: "apimanagement/backend.ts",
    find: "return armId(path.slice(0, 8)).toLowerCase();",
    replace: "return armId(path.slice(0, 4)).toLowerCase();",
    caughtBy: [MANY],
  },
  {
    breaks: "who leaves a line leaves those before it in it",
    file: "engine/exclusive.ts",
    find: "Promise.allSettled([previous, mine])",
    replace: "Promise.allSettled([mine])",
    caughtBy: ["test/lifecycle/exclusive.test.ts"],
  },
  {
    breaks: "one token serves the process",
    file: "transport/credentials.ts",
    find: "this.asking ??= this.begin();",
    replace: "this.asking = this.begin();",
    caughtBy: [MANY],
  },
  {
    breaks: "a 429 pauses the others",
    file: "transport/azure.ts",
    find: "if (outcome.status === 429) quota.refused(request, outcome.headers, askedMs);",
    replace: "",
    caughtBy: ["test/load/quota.test.ts"],
  },
  {
    breaks: "the others wait for the Retry-After",
    file: "transport/quota.ts",
    find: "account.putOffMs += moreMs;",
    replace: "",
    caughtBy: ["test/transport/quota.test.ts"],
  },
  {
    breaks: "a Retry-After is waited for",
    file: "transport/retry.ts",
    find: "return { delayMs: Math.max(askedMs, Math.min(1_000, 25 * 2 ** tries)) };",
    replace: "return { delayMs: Math.min(1_000, 25 * 2 ** tries) };",
    caughtBy: ["test/transport/retry.test.ts"],
  },
  {
    breaks: "a call that has ended listens to no cancel",
    file: "transport/http.ts",
    find: 'this.limits.signal.removeEventListener("abort", this.cancel);',
    replace: "",
    caughtBy: [SOAK],
  },
  {
    breaks: "connections are kept by one agent",
    file: "transport/http.ts",
    find: "httpAgent: this.httpAgent,",
    replace: "httpAgent: new HttpAgent({ keepAlive: true }),",
    caughtBy: [SOAK],
  },
  ...faultMatrixMutations,
  ...budgetMutations,
  ...recordingMutations,
  {
    breaks: "an answer that is not what was promised shows none of its values",
    file: "transport/redact.ts",
    find: "? withoutValues(body) : body",
    replace: "? body : body",
    caughtBy: ["test/transport/allowList.test.ts"],
  },
  {
    breaks: "of an error body nothing is shown but what is meant for people",
    file: "transport/azureErrors.ts",
    find: 'const message = member(error, "message");',
    replace: 'const message = member(error, "message") ?? Object.values(error).find((value) => typeof value === "string");',
    caughtBy: ["test/transport/allowList.test.ts"],
  },
  {
    breaks: "what was sent is remembered as secret",
    file: "transport/azure.ts",
    find: "  rememberSecretsIn(request.body);\n",
    replace: "",
    caughtBy: ["test/canaries/ourSide.test.ts"],
  },
  {
    breaks: "a request's body is not printed",
    file: "transport/azure.ts",
    find: "const outcome = await http.send(wire, {",
    replace: 'process.stderr.write(body ?? ""); const outcome = await http.send(wire, {',
    caughtBy: ["test/canaries/ourSide.test.ts"],
  },
  {
    breaks: "an error keeps nothing of the request",
    file: "transport/azure.ts",
    find: "return refused(request, outcome, askedMs, () => tokens.invalidate(token));",
    replace:
      "const refusal = refused(request, outcome, askedMs, () => tokens.invalidate(token)); return { ...refusal, error: (remedy) => Object.assign(refusal.error(remedy), { cause: wire }) };",
    caughtBy: ["test/canaries/ourSide.test.ts"],
  },
  {
    breaks: "the value of a wrapped argument is not printed",
    file: "engine/words.ts",
    find: "if (isSecret) return SECRET;",
    replace: "if (isSecret && path.length > 1) return SECRET;",
    caughtBy: ["test/lifecycle/checkSecrets.test.ts", "test/canaries/ourSide.test.ts"],
  },
  {
    breaks: "a note holds no secret",
    file: "apimanagement/backendReconnect.ts",
    find: "run.note({ id });",
    replace: "run.note({ id, given: JSON.stringify(arguments[1]) });",
    caughtBy: ["test/canaries/ourSide.test.ts"],
  },
  {
    breaks: "the path of a file that cannot be read is not shown",
    file: "transport/identityErrors.ts",
    find: "if (unreadable !== undefined)",
    replace: "if (unreadable === message)",
    caughtBy: ["test/transport/signInFailures.test.ts"],
  },
  {
    breaks: "what is remembered cannot be read back",
    file: "transport/remembered.ts",
    find: 'return createHmac("sha256", this.key).update(value, "utf16le").digest("base64");',
    replace: "return value;",
    caughtBy: ["test/transport/remembered.test.ts"],
  },
  {
    breaks: "arguments are read once",
    file: "engine/lifecycle.ts",
    find: "const { members, problems } = plainCopy(news);",
    replace: "const { problems } = plainCopy(news);\n      const members = news;",
    caughtBy: ["test/hostile/shown.test.ts"],
  },
  {
    breaks: "what nobody sees in a refused value is written out",
    file: "engine/words.ts",
    find: "shortened(quoted(value), LONGEST_VALUE)",
    replace: "shortened(JSON.stringify(value), LONGEST_VALUE)",
    caughtBy: ["test/hostile/shown.test.ts"],
  },
  {
    breaks: "a name becomes one part of an address",
    file: "transport/azure.ts",
    find: "return encodeURIComponent(segment);",
    replace: "return encodeURI(segment);",
    caughtBy: ["test/hostile/names.test.ts"],
  },
];

import type { Statement } from "./statement";

const NEWER = "lifecycle/diff.test.ts: finds nothing to do when only what Pulumi keeps beside the arguments changed";
const ROLE = "documents/reference.test.ts: shows the permissions of the requests that it sends, as a role";

/** The pages below docs/resources, by their names. */
export const RESOURCES: Readonly<Record<string, readonly Statement[]>> = {
  "backend-patch": [
    ["It never creates a backend and never deletes one", ROLE, "engine/backendPatch.test.ts: says who creates a backend that vanished"],
    [
      "It never changes a member that the program does not give",
      "engine/backendPatch.test.ts: reads, then patches owned leaves only under the ETag just read",
      "engine/backendPatchRestore.test.ts: removes by writing the whole backend, with members that this package does not know",
    ],
    [
      "It never overwrites a concurrent change of an owned member",
      "engine/backendPatchConflict.test.ts: fails with each contested leaf and both values",
      "engine/backendPatchConflict.test.ts: reads and writes again under the new ETag unless the other writer changed an owned leaf",
    ],
    [
      "It never writes when everything is as given",
      "lifecycle/backendMeaning.test.ts: are not written: %s",
      "engine/backendPatchMeaning.test.ts: values that mean the same are adopted without a write, and are no drift after a refresh",
    ],
    [
      "A `tls` flag that is not given is sent as it was just read",
      "apimanagement/backendPatch.test.ts: has the flag of tls that is not owned as it is in the backend",
    ],
    ["A list is owned as a whole", "lifecycle/ownership.test.ts: takes null for absent, and a list for one leaf"],
    [
      "each of the maps `credentials.header` and `credentials.query`",
      "lifecycle/backendMeaning.test.ts: is one leaf, and compared exactly",
    ],
    [
      "puts the owned members back where they still have the value given here",
      "engine/backendPatchRestore.test.ts: puts back the exact backend on destroy, but no leaf that somebody else changed since",
      "engine/backendPatchRestore.test.ts: puts back a leaf that the program drops, and keeps what it removed removed",
    ],
    ["`azapi_update_resource` writes the whole backend without an ETag", "documents/comparison.test.ts: what was measured of azapi"],
  ],
  "backend-reconnect": [
    ["It never changes the backend", ROLE],
    [
      "It never runs on refresh, in a preview, or because",
      "engine/backendReconnect.test.ts: does not run again on up, refresh and a newer package",
    ],
    [
      "It never posts a second time in one run because",
      "apimanagement/backendReconnect.test.ts: is not posted again when its answer was lost",
    ],
    [
      '`lastRun.outcome: "accepted"` is its word',
      "engine/backendReconnect.test.ts: posts once at create, not with runOnCreate: false, and ends with 202",
    ],
  ],
  "direct-connection": [
    [
      "It never allocates a second time because an answer was lost",
      "kvstore/lostAnswers.test.ts: after it took effect is seen and not sent again",
    ],
    [
      "It never releases an endpoint that it adopted",
      "kvstore/directConnection.test.ts: that is there is adopted when prefix and port agree or are not given, and kept at destroy",
      "kvstore/directConnection.test.ts: does what onDestroy says, whoever made it",
    ],
    [
      "It never changes the prefix of an endpoint that serves",
      "kvstore/directConnection.test.ts: of another instance, region, prefix or port is another resource, and the old one goes first",
    ],
    [
      "and waits until it serves",
      "kvstore/directConnection.test.ts: is allocated and waited for, and its outputs are what the net info says",
    ],
  ],
  "key-regeneration": [
    ["It never regenerates the other key", "webpubsub/keyRegeneration.test.ts: answered with 200 is two looks around one POST"],
    [
      "It never posts a second time because an answer was lost",
      "webpubsub/unseenEnd.test.ts: after it took effect is found in the keys and never posted again",
      "webpubsub/unseenEnd.test.ts: whose effect cannot be looked at either is still unknown, and so is the next time",
    ],
    [
      "It never runs on refresh, in a preview, or because",
      NEWER,
      "engine/keyRegeneration.test.ts: and when a trigger changes, and at nothing else",
    ],
    [
      "without an operation to follow it stays unknown until `triggers` change",
      "webpubsub/unseenEnd.test.ts: of the Salt is never posted again by itself, because nothing shows it",
      "webpubsub/unseenEnd.test.ts: of the Salt is accepted when its operation ends well",
    ],
    ["fails when the regenerated one has not changed", "webpubsub/unseenEnd.test.ts: and whose key stays the old one is an error"],
    [
      'With `keys: "fingerprint"` no key reaches the state at all',
      "webpubsub/keyRegeneration.test.ts: are left out of the state with fingerprint",
    ],
  ],
  "private-endpoint-connection": [
    [
      "It never creates a connection",
      "redisenterprise/privateEndpointConnection.test.ts: is waited for no longer than the timeout, and the error says for what",
    ],
    [
      "It never approves an endpoint of a subscription that `allowedSubscriptionIds` does not name",
      "redisenterprise/privateEndpointConnection.test.ts: of a subscription that is not allowed is refused before any write",
    ],
    [
      "It never sends a state that the connection already has",
      "redisenterprise/privateEndpointConnection.test.ts: that is as wished is adopted with one request",
    ],
    [
      "by its name or by the id of the private endpoint",
      "redisenterprise/privateEndpointConnection.test.ts: is found by its private endpoint in any case",
    ],
    [
      "or with `onDestroy` rejects or deletes it",
      "redisenterprise/everyDestroy.test.ts: a destroy does what onDestroy says in every state",
    ],
  ],
  "rotating-keys": [
    [
      "It never regenerates the key that is in use",
      "webpubsub/rotatingKeysHistories.test.ts: the client keeps its key, and no key is regenerated unasked",
    ],
    [
      "It never hands out a key that it has not seen",
      "webpubsub/rotatingKeysUnseen.test.ts: a success that does not show in the keys hands out nothing new",
      "webpubsub/rotatingKeysUnseen.test.ts: and that takes effect late is handed out by the next run, which posts nothing",
    ],
    [
      "It never regenerates on refresh, in a preview, or because",
      NEWER,
      "webpubsub/rotatingKeys.test.ts: another order of triggers, a refresh or a destroy",
    ],
    ["is not refused during this one", "engine/rotatingKeys.test.ts: a client with the key of the last one is never refused"],
    [
      "warns when the active key is older than `maximumAge`",
      "webpubsub/rotatingKeys.test.ts: warns of an active key that is older, by the calendar, and does nothing else",
    ],
  ],
};

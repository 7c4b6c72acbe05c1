import type { Statement } from "./statement";

export const README: readonly Statement[] = [
  // The table of operations: when each runs, and what destroy does.
  [
    "when the connection is not as wished; waits for it to appear | leaves it",
    "redisenterprise/privateEndpointConnection.test.ts: is found by its private endpoint in any case, also late and while it is being made",
    "redisenterprise/everyDestroy.test.ts: a destroy does what onDestroy says in every state",
  ],
  [
    "when an owned member differs | leaves it",
    "engine/backendPatch.test.ts: and writes nothing where all is equal",
    "engine/backendPatch.test.ts: leaves the backends as they are on destroy, without a request",
  ],
  [
    "2022-08-01 | at create, and when `triggers` changes | nothing",
    "engine/backendReconnect.test.ts: posts once at create, not with runOnCreate: false, and ends with 202",
    "engine/backendReconnect.test.ts: runs once for each change of a trigger",
    "engine/backendReconnect.test.ts: sends nothing for a get, and nothing on destroy",
  ],
  [
    "2024-03-01 | at create, and when `triggers` changes | nothing",
    "engine/keyRegeneration.test.ts: a key regeneration runs at create and when a trigger changes, and at nothing else",
    "webpubsub/keyRegeneration.test.ts: of a service that is gone end the resource at a refresh, and a destroy sends nothing",
  ],
  [
    "when `triggers` changes: regenerates the idle key and hands it out | nothing",
    "webpubsub/rotatingKeys.test.ts: the idle one is regenerated and handed out at each change of triggers, and the one of before stays as it is",
    "webpubsub/rotatingKeys.test.ts: none is regenerated for another argument, another order of triggers, a refresh or a destroy",
  ],
  [
    "when the instance has none; adopts the one it has | releases what it allocated, keeps what it adopted",
    "engine/directConnection.test.ts: a direct connection is allocated, waited for, replaced with the old one released first, and released",
    "engine/directConnection.test.ts: a direct connection that is there is adopted with two looks, read by its id, and kept at destroy",
  ],
  [
    "`pulumi preview` needs no account, sends nothing, and says what will happen",
    "engine/readme.test.ts: leads from an empty folder to a first preview, without an account",
    "engine/examples.test.ts: is previewed as it stands, without a request",
    "engine/picture.test.ts: columns is the picture",
  ],
  // What it will not do to you.
  [
    "A key is never regenerated because an answer was lost, a run was interrupted, a package is newer, or you ran `refresh`",
    "webpubsub/unseenEnd.test.ts: after it took effect is found in the keys and never posted again",
    "webpubsub/unseenEnd.test.ts: is resumed by the next run without a second POST",
    "lifecycle/diff.test.ts: finds nothing to do when only what Pulumi keeps beside the arguments changed",
    "webpubsub/keyRegeneration.test.ts: that somebody else rotated show at a refresh, which regenerates none",
    "webpubsub/unseenEnd.test.ts: without effect ends as unknown with the fingerprints from before, and the next run looks first and posts once",
  ],
  [
    "A field of somebody else's is never changed, also not one that this package does not know",
    "engine/backendPatch.test.ts: reads, then patches owned leaves only under the ETag just read",
    "engine/backendPatchRestore.test.ts: removes by writing the whole backend, with members that this package does not know",
    "engine/backendPatchConflict.test.ts: fails with each contested leaf and both values, and shows none of those that are secret",
    "engine/backendPatchConflict.test.ts: reads and writes again under the new ETag unless the other writer changed an owned leaf",
  ],
  [
    "A quota of Azure that a large run uses up is not stormed",
    "load/quota.test.ts: a run that is larger than ARM's buckets takes what they take, and a turned away request pauses the others:",
    "engine/manyAtOnce.test.ts: each request once, one at a time per service and key pair, one token",
    "load/manyAtOnce.test.ts: a patch that waits for another one of its service says so",
  ],
  [
    "No secret is printed",
    "canaries/table.test.ts: no secret is found where none may be, and what is no secret is found everywhere",
    "lifecycle/resourceInputs.test.ts: wraps what is always secret, whatever the program wrote",
    "webpubsub/keyRegeneration.test.ts: are left out of the state with fingerprint, and what is left tells nothing of them",
  ],
  [
    "the key that was handed out before stays valid until the next change",
    "engine/rotatingKeys.test.ts: a client with the key of the last one is never refused",
  ],
  // Signing in.
  [
    "of several ways to sign in to Azure a ready token, else the one that is set furthest to the left",
    "transport/credentialChoice.test.ts: a ready token before everything",
    "transport/credentialChoice.test.ts: of this package's config before %s of the sibling's, and contradictory at one place",
  ],
  [
    "Credentials are read when a call needs them and are stored in no resource",
    "configuration.test.ts: sees a setting that changes between two questions",
    "canaries/table.test.ts: no secret is found where none may be, and what is no secret is found everywhere",
  ],
  // When something goes wrong.
  [
    "An error is one paragraph",
    "faults/matrix.ts: keeps every rule under",
    "engine/backendPatchRefusal.test.ts: says in one paragraph that a backend is missing",
  ],
  [
    "A preview that names mistakes",
    "engine/mistakes.test.ts: is told all of them by one preview: each with its path, the limit and the value, and no secret",
  ],
  [
    "Killed in the middle",
    "engine/suddenEnd.test.ts: the next run finds out, does nothing twice, and a third has nothing to do",
    "lifecycle/journal.test.ts: whose engine is gone leaves its note for the next one, which forgets it",
  ],
  [
    "`Cannot find module 'pulumi-patchbay/runtime'`",
    "engine/layouts.test.ts: whose package is missing at destroy is told what to install, and loses nothing",
  ],
  [
    "Interrupted with ^C",
    "lifecycle/run.test.ts: ends at once when the engine cancels, and does not start after it",
    "transport/http.test.ts: counts as interrupted when a write does not end soon after the engine's cancel",
    "engine/keyRegenerationUnseen.test.ts: leaves nothing pending, and is resumed without a second POST",
  ],
  ["More detail", "canaries/table.test.ts: no secret is found where none may be, and what is no secret is found everywhere"],
  ["A mistake of this package", "recording/replay.test.ts: holds no secret of the cloud, no name and no text of the user, in any spelling"],
  [
    "The engine is the `pulumi` on your PATH, else the official install, else built from its Go module",
    "engine/bring.test.ts: takes a complete pulumi on PATH as it is",
    "engine/bring.test.ts: builds with Go when there is nothing else",
  ],
  [
    "no account, every request counted, any answer made to go wrong",
    "engine/testing.test.ts: the tests of the page pass under node:test, recorded, and leave nothing else behind",
  ],
  [
    "`pulumi import`, and programs in other languages than TypeScript and JavaScript, do not work with dynamic providers",
    "engine/tools.test.ts: pulumi import and the option import do not work; up adopts what is there, and get reads it",
  ],
  ["and a test follows it to the letter", "documents/walkThrough.test.ts: gives a green build"],
];

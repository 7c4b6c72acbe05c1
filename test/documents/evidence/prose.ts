import type { Statement } from "./statement";

/** Sentences of the other pages: their lists are instructions, so that not each item is a promise. */
export const PROSE: Readonly<Record<string, readonly Statement[]>> = {
  "CONTRIBUTING.md": [
    ["Imports go one way, and a lint rule says so", "imports.test.ts: has a violation in this test for each of its sentences"],
    ["as a test follows it", "documents/walkThrough.test.ts: gives a green build"],
    ["the file's name is its registration", "lifecycle/runtime.test.ts: gives the six hooks and configure for %s"],
    [
      "a test on state written by every earlier version",
      "engine/earlierState.test.ts: reads, updates and destroys the state of %s",
      "engine/earlierState.test.ts: has a recorded state of this version",
    ],
    ["published as `pulumi-patchbay/testing`", "engine/testing.test.ts: is found from this repository too"],
  ],
  "docs/installation-configuration.md": [
    ["pnpm and Yarn install it too", "engine/packageManagers.test.ts: %s: a program is applied and destroyed"],
    ["Credentials are read when a call needs them", "configuration.test.ts: sees a setting that changes between two questions"],
    [
      "A preview of resources sends nothing and needs no credentials",
      "engine/pipelines.test.ts: previews a pull request from a fork without state, credentials or secrets",
    ],
    [
      "A pipeline signs in by OIDC and stores no secret",
      "documents/pipelines.test.ts: %s stores no secret, and puts no expression into a shell",
    ],
    [
      "the first that is set wins",
      "transport/settingsTable.test.ts: is the first that is set, whichever of the others are",
      "configuration.test.ts: reads %s from config, then the sibling's config",
    ],
    ["or the resource option `customTimeouts`, changes that", "lifecycle/resource.test.ts: copies customTimeouts into timeouts"],
    [
      "A deadline covers everything: sign-in, waits that a service asks for, retries, polls, headers and bodies",
      "transport/deadlines.test.ts: the waits between tries, and the message keeps what the last try met",
      "transport/deadlines.test.ts: the polls of an operation that never ends",
      "transport/http.test.ts: ends at the deadline when the answer comes as: %s",
      "transport/signInFailures.test.ts: asks to wait longer than there is time ends at the deadline",
    ],
  ],
  "docs/errors.md": [
    ["It holds no secret", "canaries/table.test.ts: no secret is found where none may be, and what is no secret is found everywhere"],
    ["a preview names all of them, of all resources", "engine/mistakes.test.ts: is told all of them by one preview"],
    ["does what stands under it, and sees the operation end well", "documents/failures.test.ts: the remedy of a page is followed for"],
  ],
  "docs/with-pulumi.md": [
    [
      "`customTimeouts` is copied into the argument `timeouts`",
      "engine/backendPatchRefusal.test.ts: the time which customTimeouts gives is up",
    ],
    ["or in `main` of its settings", "engine/layouts.test.ts: whose main is a subfolder is previewed, applied, refreshed and destroyed"],
    ["`NODE_COMPILE_CACHE=<folder>`", "engine/nodes.test.ts: previews, applies, refreshes and destroys every class, with a compile cache"],
    [
      "the paths of macOS and Windows are tested as text",
      "engine/platforms.test.ts: on Windows",
      "lifecycle/journal.test.ts: lies where each platform keeps such things",
    ],
    ["A new approval is a change of `triggers`", "lifecycle/diff.test.ts: names each trigger that changed, with both values, and no other"],
  ],
  "docs/recordings.md": [
    ["A file that is there is never changed", "recording/recorder.test.ts: never adds to a file that is there"],
    ["A run that sends nothing, as a preview does, writes no file", "recording/recorder.test.ts: makes no file before something was sent"],
    ["Only your user can read it", "recording/replay.test.ts: can be read and written by its owner alone"],
    [
      "where it cannot be written the run says so once and goes on",
      "recording/recorder.test.ts: goes on without a recording where it cannot be written",
    ],
    ["Each recording counts anew", "recording/placeholders.test.ts: another process gives it another order"],
    ["is refused with 400 and `NotInRecording`", "recording/replay.test.ts: refuses what it does not hold, and says what comes next"],
  ],
  "docs/testing.md": [
    [
      "no package beside this one and no network",
      "engine/testing.test.ts: loads itself and Node's own modules, and nothing that would have to be installed",
    ],
    ["no other entry point of this package loads it", "engine/testing.test.ts: is loaded by no other entry point, and by no operation"],
    ["makes the cloud an hour older: tokens end", "cloud/frontDoor.test.ts: lets in who has a token that it issued and that has not ended"],
    [
      "The official clients of the services are tested against it",
      "cloud/documentedAnswers.test.ts: API Management: the service and its backends",
    ],
  ],
};

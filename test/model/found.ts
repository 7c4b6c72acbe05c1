import type { Command, Sequence, Trouble } from "./commands";

// Sequences that once ended otherwise than the rules say, as short as they were found.

const up: Command = { do: "up", troubles: [] };
const destroy: Command = { do: "destroy", troubles: [] };
const upMeeting = (...troubles: Trouble[]): Command => ({ do: "up", troubles });
const give = (at: string, value: Extract<Command, { do: "give" }>["value"]): Command => ({ do: "give", at, value });
const theirs = (at: string, value: Extract<Command, { do: "theirs" }>["value"]) => ({ do: "theirs" as const, at, value });

const leaving = (start: Sequence["start"], ...commands: Command[]): Sequence => ({ start, onDestroy: null, commands });
const restoring = (start: Sequence["start"], ...commands: Command[]): Sequence => ({ start, onDestroy: "restore", commands });

export const found: Readonly<Record<string, Sequence>> = {
  "what is put back is what the write found, not what the first read of a conflict found": restoring(
    "full",
    { do: "set", setting: "onConflict", to: "overwrite" },
    give("title", "a"),
    upMeeting({ before: theirs("title", "b"), ends: "answered" }),
    destroy,
  ),
  "what a write took over that nobody saw the end of is put back": restoring(
    "full",
    give("title", "a"),
    upMeeting({ ends: "reset" }, { before: theirs("description", "theirs"), ends: "answered" }),
    up,
    destroy,
  ),
  "a flag of tls goes without a newer member of somebody else": leaving("odd", give("tls.validateCertificateChain", false), up),
  "a flag of tls that is given stays when the other is dropped": restoring(
    "bare",
    give("tls", { validateCertificateChain: true, validateCertificateName: false }),
    up,
    { do: "drop", at: "tls.validateCertificateName" },
    up,
    destroy,
  ),
  "owning one part in the place of a removed member is a change": leaving(
    "full",
    give("credentials", null),
    up,
    give("credentials.header", null),
    { do: "preview" },
    up,
    theirs("credentials.query", { key: ["secret:5"] }),
    { do: "refresh" },
    { do: "preview" },
  ),
  "a part that a removed member did not have is taken away again": restoring(
    "odd",
    give("credentials", null),
    up,
    give("credentials.authorization", { scheme: "Bearer", parameter: "secret:6" }),
    up,
    destroy,
  ),
  "removing a member whole remembers the parts that were not owned before": leaving(
    "full",
    give("credentials.authorization", { scheme: "Bearer", parameter: "secret:6" }),
    up,
    { do: "set", setting: "onDestroy", to: "restore" },
    give("credentials", null),
    up,
    destroy,
  ),
  "an object is not put back in the place of a value that somebody else took away": restoring(
    "odd",
    give("extraProperties.shape", 2),
    up,
    theirs("shape", null),
    destroy,
  ),
  "an object is put back in the place of our value, without a warning": restoring("odd", give("extraProperties.shape", 2), up, destroy),
  "a member cannot be removed and given in parts": leaving(
    "full",
    give("credentials", null),
    give("extraProperties.credentials.managedIdentity", { clientId: "secret:6" }),
    { do: "preview" },
    up,
  ),
  "the id of a client certificate has no case": leaving(
    "full",
    up,
    give("properties.serviceFabricCluster", { managementEndpoints: ["https://a"], clientCertificateId: "/certificates/a" }),
    up,
  ),
  "a backend that vanishes under the write of a destroy is done with": restoring("full", up, {
    do: "destroy",
    troubles: [{ before: { do: "vanished" }, ends: "answered" }],
  }),
  "nothing is said to be left of a backend that vanished": restoring("full", give("title", "a"), up, {
    do: "destroy",
    troubles: [
      { before: theirs("description", "theirs"), ends: "answered" },
      { before: { do: "vanished" }, ends: "answered" },
    ],
  }),
  "somebody's other spelling of a member that is removed whole is no conflict": leaving(
    "bare",
    give("pool.services", [{ id: "/backends/eu", weight: null }]),
    up,
    give("pool", null),
    upMeeting({ before: theirs("title", "a"), ends: "answered" }),
  ),
  "an empty text is as good as none where something was removed": restoring(
    "full",
    give("proxy", { url: "http://proxy.example.com", username: null }),
    up,
    theirs("proxy.username", ""),
    { do: "refresh" },
    { do: "preview" },
    destroy,
  ),
  'a refused "*" is no pinned ETag': leaving("bare", { do: "set", setting: "ifMatch", to: "*" }, upMeeting({ ends: "412" })),
};

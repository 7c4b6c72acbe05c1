import type { GateState } from "./gate";
import { always, eitherWay, forEver, once, type Row } from "./row";

// What happens to a transfer, before, while and after the request is sent.

const gate = (name: string, state: GateState): Row[] => [
  ...once(name, "notSent", { gate: state }),
  ...forEver(name, "notSent", { gate: state }),
];
const mistrusted = (name: string, state: GateState): Row[] => once(name, "untrusted", { gate: state });

const beforeSending: Row[] = [
  ...gate("connection refused", "refused"),
  ...gate("name not found", "unresolved"),
  ...gate("reset in the TLS handshake", "resetInHandshake"),
  ...mistrusted("certificate signed by itself", "selfSigned"),
  ...mistrusted("certificate of another host", "otherHost"),
  ...mistrusted("certificate run out", "expired"),
  ...mistrusted("no TLS at all", "notTls"),
];

const ENDINGS = [
  ["then silence", "hang"],
  ["then FIN", "close"],
  ["then RST", "reset"],
] as const;
const LETTER = { hang: "", close: "c", reset: "a" } as const;
const stalls = (ending: string) => ({ isStalling: ending === "hang" });

const whileSending = ENDINGS.flatMap(([words, mode]) => [
  ...once(`request not read, ${words} (nq${LETTER[mode]})`, "lost", { fault: always({ mode, readBody: false }), ...stalls(mode) }),
  ...once(`half the request read, ${words} (pq${LETTER[mode]})`, "lost", { fault: always({ mode, readBody: "half" }), ...stalls(mode) }),
]);

const instead = ENDINGS.flatMap(([words, mode]) => {
  const name = `no answer, ${words} (n${LETTER[mode]})`;
  return [
    ...eitherWay(once(name, "lost", { fault: always({ mode }), ...stalls(mode) })),
    ...forEver(name, "lost", { fault: always({ mode }), acts: false, ...stalls(mode) }),
  ];
});

const inTheMiddle = ENDINGS.flatMap(([words, ending]) => [
  ...eitherWay(once(`half a head, ${words}`, "lost", { fault: always({ mode: "halfHeaders", ending }), ...stalls(ending) })),
  ...eitherWay(
    once(`half a body, ${words} (p${LETTER[ending]})`, "lost", { fault: always({ mode: "halfBody", ending }), ...stalls(ending) }),
  ),
]);

const MIB = 1024 * 1024;

const damaged: Row[] = [
  ...once("half a body, then the rest (pn)", "sound", { acts: true, fault: always({ mode: "halfBody", ending: "finish" }) }),
  ...once("slow drip", "sound", { acts: true, isStalling: true, fault: always({ mode: "drip", bytesPerChunk: 256, intervalMs: 2_000 }) }),
  ...eitherWay(
    once("body that never ends, slow", "lost", {
      isStalling: true,
      fault: always({ mode: "endless", bytesPerChunk: 1, intervalMs: 20_000 }),
    }),
  ),
  ...eitherWay(once("body that never ends, fast", "tooLarge", { fault: always({ mode: "endless", bytesPerChunk: MIB, intervalMs: 1 }) })),
  ...eitherWay(once("gzip bomb", "tooLarge", { fault: always({ mode: "gzipBomb", decodedBytes: 6 * MIB }) })),
  ...eitherWay(once("head of 5 MB", "lost", { fault: always({ mode: "hugeHeader", bytes: 5 * MIB }) })),
  ...eitherWay(once("body shorter than said", "lost", { fault: always({ mode: "contentLength", differenceBytes: 10 }) })),
  ...eitherWay(once("body longer than said", "lost", { fault: always({ mode: "contentLength", differenceBytes: -10 }) })),
  ...eitherWay(once("not HTTP", "lost", { fault: always({ mode: "notHttp" }) })),
  ...once("headers twice", "sound", {
    acts: true,
    fault: always({
      mode: "duplicateHeaders",
      headers: [
        ["ETag", '"another"'],
        ["x-ms-request-id", "another"],
        ["x-acs-request-id", "another"],
      ],
    }),
  }),
];

export const transferRows: readonly Row[] = [...beforeSending, ...whileSending, ...instead, ...inTheMiddle, ...damaged];

import fc from "fast-check";
import type { Repeat } from "../../provider/engine/operation";
import { runs } from "../support/runs";
import { type Reply, ScriptedServer } from "../support/scriptedServer";
import { readyAt, requestOf, TransportBench } from "../support/transportBench";

// The same rules with a server on the other side, which knows after which of its answers it may have acted.

interface Scripted {
  readonly reply: Reply;
  readonly mayHaveActed: boolean;
}

const code = (status: number, name: string): Reply => ({ status, json: { error: { code: name, message: "No." } } });
const page = { status: 502, text: "<html>bad gateway</html>", headers: { "content-type": "text/html" } };
const half = { text: '{"id":"xxxxxxxxxxxxxxx"}', headers: { "content-type": "application/json", "content-length": "24" } };

const ACTED: readonly Reply[] = [
  { fault: "reset" },
  { fault: "close" },
  { ...half, fault: "halfBody" },
  { ...half, fault: "halfBodyReset" },
  code(500, "InternalServerError"),
  page,
  code(504, "GatewayTimeout"),
  code(408, "RequestTimeout"),
  { status: 525 },
];
const TURNED_AWAY: readonly Reply[] = [
  code(429, "TooManyRequests"),
  { ...code(503, "ServerBusy"), headers: { "retry-after": "1" } },
  code(409, "AnotherOperationInProgress"),
  code(422, "ManagementApiRequestFailed"),
];
const REFUSED: readonly Reply[] = [
  code(400, "ValidationError"),
  code(403, "AuthorizationFailed"),
  code(404, "NotFound"),
  code(412, "Stale"),
];

const scripted = (replies: readonly Reply[], mayHaveActed: boolean) =>
  fc.constantFrom(...replies).map((reply): Scripted => ({ reply, mayHaveActed }));
const script = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: scripted(TURNED_AWAY, false) },
    { weight: 3, arbitrary: scripted(ACTED, true) },
    { weight: 1, arbitrary: scripted(REFUSED, false) },
  ),
  { maxLength: 6 },
);

/** The answers that were used up, and what came of the call. */
async function exchange(repeat: Repeat, answers: readonly Scripted[]): Promise<{ used: readonly Scripted[]; end: string }> {
  const ok: Scripted = { reply: { json: {} }, mayHaveActed: false };
  const used: Scripted[] = [];
  const server = await ScriptedServer.start();
  const next = (): Reply => {
    const answer = answers[used.length] ?? ok;
    used.push(answer);
    return answer.reply;
  };
  for (let request = 0; request <= answers.length; request++) server.expect({ reply: next });
  const bench = new TransportBench(readyAt(server.url));
  const sent = bench.transport.send(requestOf(repeat), bench.options(1_800_000));
  const end = await sent.then(
    () => "answered",
    (error: Error) => error.name,
  );
  await server.finish().catch(() => {});
  return { used, end };
}

it("a POST that acts each time reaches a server that may have acted once at most, and never anything after that", () =>
  fc.assert(
    fc.asyncProperty(script, async (answers) => {
      const { used, end } = await exchange("once", answers);
      const acted = used.findIndex(({ mayHaveActed }) => mayHaveActed);
      expect(acted === -1 || acted === used.length - 1).toBe(true);
      expect(end === "OutcomeUnknownError").toBe(acted !== -1);
    }),
    runs(250),
  ));

it("a request that may be sent again is, until the service answers or refuses", () =>
  fc.assert(
    fc.asyncProperty(fc.constantFrom<Repeat>("converge", "read"), script, async (repeat, answers) => {
      const { used, end } = await exchange(repeat, answers);
      const refused = answers.findIndex(({ reply }) => REFUSED.includes(reply));
      expect(used).toHaveLength(refused === -1 ? answers.length + 1 : refused + 1);
      expect(end).toBe(refused === -1 ? "answered" : "ServiceError");
    }),
    runs(250),
  ));

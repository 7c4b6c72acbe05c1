import { describeFailure } from "../../provider/transport/httpFailure";
import { alibabaEvent, azureEvent, type CallEvent, decide, nextWait } from "../../provider/transport/retry";
import { COLUMNS, type Column, DIFFERENT_CELLS, PUBLISHED, type Published, REPEATS, UNPUBLISHED_CELLS } from "./publishedRetryTable";

const DECISIONS: readonly Published[] = ["retry", "renewToken", "fail", "outcomeUnknown"];

const CELLS = PUBLISHED.flatMap(({ event, met, cells }) =>
  COLUMNS.map((column, index) => ({ event, met, column, published: cells[index] as Published })),
);

function isAt(event: string, column: Column) {
  return (cell: { readonly event: string; readonly column: Column }) => cell.event === event && cell.column === column;
}

describe("the retry table, as published", () => {
  const kept = CELLS.filter(({ event, column, published }) => DECISIONS.includes(published) && !DIFFERENT_CELLS.some(isAt(event, column)));

  it.each(kept.map((cell) => [cell.event, cell.column, cell.published, cell] as const))(
    "after %s a %s ends as: %s",
    (_event, column, published, { met }) => {
      for (const event of met) expect(decide(event, REPEATS[column])).toBe(published);
    },
  );

  it("has 65 cells, and each is kept, left out of the table, or a difference with a reason", () => {
    expect(CELLS).toHaveLength(65);
    const others = CELLS.filter((cell) => !kept.includes(cell));
    const leftOut = others.filter(({ published }) => published === "none");
    expect(leftOut.map(({ event, column }) => `${event} | ${column}`).sort()).toEqual(
      UNPUBLISHED_CELLS.map(({ event, column }) => `${event} | ${column}`).sort(),
    );
    const different = others.filter(({ published }) => published !== "none");
    expect(different.map(({ event, column }) => `${event} | ${column}`).sort()).toEqual(
      DIFFERENT_CELLS.map(({ event, column }) => `${event} | ${column}`).sort(),
    );
  });
});

describe("the difference from the published table", () => {
  it.each(DIFFERENT_CELLS.map((cell) => [cell.event, cell.column, cell.ours, cell.reason] as const))(
    "after %s a %s ends as: %s. %s",
    (event, column, ours) => {
      const cell = CELLS.find(isAt(event, column));
      expect(cell?.published).not.toBe(ours);
      for (const met of cell?.met ?? []) expect(decide(met, REPEATS[column])).toBe(ours);
    },
  );
});

describe("a cell that the published table leaves out", () => {
  it.each(UNPUBLISHED_CELLS.map((cell) => [cell.event, cell.column, cell.ours] as const))(
    "after %s a %s ends as: %s",
    (event, column, ours) => {
      for (const met of CELLS.find(isAt(event, column))?.met ?? []) expect(decide(met, REPEATS[column])).toBe(ours);
    },
  );
});

describe("beyond the published table", () => {
  it.each<[string, CallEvent, CallEvent]>([
    ["520 to 599, of gateways, are as unsure as a 500", azureEvent(525, ""), "faulted"],
    ["501 says that the service cannot do it at all", azureEvent(501, ""), "refused"],
    ["505 says that the service cannot do it at all", azureEvent(505, ""), "refused"],
    ["a 409 of any other code has a reason that no waiting ends", azureEvent(409, "Conflict"), "refused"],
    ["a 422 of any other code is a mistake in the request", azureEvent(422, "Unprocessable"), "refused"],
    ["LockTimeout ends by itself", alibabaEvent(400, "LockTimeout"), "busy"],
    ["Task.Conflict ends by itself", alibabaEvent(400, "Task.Conflict"), "busy"],
    ["OperationDenied.KVstoreInstanceStatus ends by itself", alibabaEvent(403, "OperationDenied.KVstoreInstanceStatus"), "busy"],
    ["IncorrectDBInstanceState ends by itself", alibabaEvent(400, "IncorrectDBInstanceState"), "busy"],
    ["a throttled 400 is told by its code alone", alibabaEvent(400, "Throttling.Api"), "throttled"],
    ["any other 400 is refused", alibabaEvent(400, "InvalidParameter"), "refused"],
  ])("%s", (_what, met, event) => {
    expect(met).toBe(event);
  });

  it("a failed TLS handshake ends every request", () => {
    for (const column of COLUMNS) expect(decide("untrusted", REPEATS[column])).toBe("fail");
  });

  it("a wait of nothing that is asked for is a short one, longer each time, so that it is no busy loop", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((tries) => nextWait(tries, 0, 600_000, 0));
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_000, 1_000].map((delayMs) => ({ delayMs })));
  });
});

describe("what node says of a failed connection", () => {
  it.each([
    ["ECONNREFUSED", { code: "ECONNREFUSED", syscall: "connect" }, "notSent"],
    ["ENOTFOUND", { code: "ENOTFOUND", syscall: "getaddrinfo" }, "notSent"],
    ["EAI_AGAIN", { code: "EAI_AGAIN", syscall: "getaddrinfo" }, "notSent"],
    ["ETIMEDOUT while connecting", { code: "ETIMEDOUT", syscall: "connect" }, "notSent"],
    ["EHOSTUNREACH", { code: "EHOSTUNREACH", syscall: "connect" }, "notSent"],
    [
      "a reset before the TLS handshake has ended",
      { code: "ECONNRESET", message: "Client network socket disconnected before secure TLS connection was established" },
      "notSent",
    ],
    ["a certificate that nobody signed", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "untrusted"],
    ["a certificate of another host", { code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "untrusted"],
    ["a certificate that has run out", { code: "CERT_HAS_EXPIRED" }, "untrusted"],
    ["a certificate of an unknown authority", { code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY" }, "untrusted"],
    ["EPROTO in the handshake", { code: "EPROTO" }, "untrusted"],
    ["EPROTO after the handshake", { code: "EPROTO", request: { socket: { secureConnecting: false } } }, "lost"],
    ["ECONNRESET", { code: "ECONNRESET", syscall: "read" }, "lost"],
    ["EPIPE", { code: "EPIPE", syscall: "write" }, "lost"],
    ["ETIMEDOUT after connecting", { code: "ETIMEDOUT", syscall: "read" }, "lost"],
    ["an answer that is no HTTP", { code: "HPE_INVALID_CONSTANT" }, "lost"],
    ["something without a code", {}, "lost"],
  ])("is understood: %s", (_what, error, kind) => {
    expect(describeFailure(Object.assign(new Error("message" in error ? error.message : "failed"), error), "host.test").kind).toBe(kind);
  });
});

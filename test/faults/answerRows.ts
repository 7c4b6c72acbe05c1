import type { Answer, CloudSettings, Fault } from "../cloud";
import { always, eitherWay, forEver, type Meaning, once, type Row, type Service } from "./row";

// What is answered whole, and is no answer or a bad one.

const HOUR_MS = 3_600_000;

const notOfTheService: Row[] = [
  ...eitherWay(once("200 with HTML", "unexpected", { fault: always({ mode: "html" }) })),
  ...eitherWay(once("200 without a body", "unexpected", { fault: always({ mode: "empty" }) })),
  ...eitherWay(once("wrong content type", "unexpected", { fault: always({ mode: "contentType", value: "text/html" }) })),
  ...eitherWay(once("JSON cut short", "unexpected", { fault: always({ mode: "truncatedJson" }) })),
  ...forEver("200 with HTML", "unexpected", { acts: false, fault: always({ mode: "html" }) }),
  ...once("307 to the same host", "unexpected", {
    acts: false,
    fault: (_service, { cloudUrl }) => ({ mode: "redirect", location: `${cloudUrl}/elsewhere` }),
  }),
  ...once("307 to another host", "unexpected", {
    acts: false,
    fault: (_service, { elsewhereUrl }) => ({ mode: "redirect", location: `${elsewhereUrl}/elsewhere` }),
  }),
  ...once("404 with HTML", "refused", { acts: false, fault: always({ mode: "html", status: 404 }) }),
  ...eitherWay(once("502 with HTML", "faulted", { fault: always({ mode: "html", status: 502 }) })),
  ...once("polling address at another host", "elsewhere", {
    acts: true,
    fault: (service, { elsewhereUrl }) =>
      service === "azure" ? { mode: "amend", change: (answer) => polledAt(`${elsewhereUrl}/status`, answer) } : undefined,
  }),
];

function polledAt(url: string, answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, "Azure-AsyncOperation": url, Location: url } };
}

/** An answer in the service's own words; by number alone, in those that fit it. */
const says =
  (status: number, codes: Partial<Record<Service, string>> = {}, headers: Answer["headers"] = {}) =>
  (service: Service): Fault => ({ mode: "answer", status, headers, ...(codes[service] === undefined ? {} : { code: codes[service] }) });
const onlyOf =
  (service: Service, status: number, code: string) =>
  (asked: Service): Fault | undefined =>
    asked === service ? { mode: "answer", status, code } : undefined;
const refusal = (name: string, means: Meaning, fault: Row["fault"]): Row[] => once(name, means, { acts: false, fault });

const azure401: Row["fault"] = (service) => (service === "alibaba" ? undefined : says(401)(service));

const refusals: Row[] = [
  ...refusal("400", "refused", says(400, { azure: "ValidationError", alibaba: "InvalidParameter" })),
  ...once("401", "unauthorized", { acts: false, needsLogin: true, fault: azure401 }),
  ...forEver("401", "unauthorized", { acts: false, needsLogin: true, fault: azure401 }),
  // Keys, unlike tokens, cannot be renewed.
  ...refusal("401 of Alibaba Cloud", "refused", onlyOf("alibaba", 401, "Unauthorized")),
  ...refusal("403", "refused", says(403, { alibaba: "Forbidden.RAM" })),
  ...refusal("404 in the service's words", "gone", says(404)),
  ...refusal("409 AnotherOperationInProgress", "busy", onlyOf("azure", 409, "AnotherOperationInProgress")),
  ...forEver("409 AnotherOperationInProgress", "busy", { acts: false, fault: onlyOf("azure", 409, "AnotherOperationInProgress") }),
  ...refusal("409 PessimisticConcurrencyConflict", "busy", onlyOf("azure", 409, "PessimisticConcurrencyConflict")),
  ...refusal("409 of another kind", "refused", says(409, { azure: "Conflict", alibaba: "Conflict" })),
  ...refusal("412", "outdated", onlyOf("azure", 412, "PreconditionFailed")),
  ...refusal("422 ManagementApiRequestFailed", "busy", onlyOf("azure", 422, "ManagementApiRequestFailed")),
  ...refusal("422 of another kind", "refused", says(422, { azure: "Unprocessable", alibaba: "Unprocessable" })),
  ...refusal("400 TaskHasExist", "busy", onlyOf("alibaba", 400, "TaskHasExist")),
  ...refusal("403 InstanceStatus.NotSupport", "busy", onlyOf("alibaba", 403, "InstanceStatus.NotSupport")),
  ...forEver("403 InstanceStatus.NotSupport", "busy", { acts: false, fault: onlyOf("alibaba", 403, "InstanceStatus.NotSupport") }),
  ...refusal("400 Throttling.User", "throttled", onlyOf("alibaba", 400, "Throttling.User")),
  ...refusal("501", "refused", says(501)),
];

const WAITS: readonly (readonly [name: string, headers: Answer["headers"] | "date" | "past date"])[] = [
  ["429 without Retry-After", {}],
  ["429, Retry-After 0", { "Retry-After": "0" }],
  ["429, Retry-After in seconds", { "Retry-After": "20" }],
  ["429, Retry-After as a date", "date"],
  ["429, Retry-After as a date of the past", "past date"],
  ["429, retry-after-ms", { "retry-after-ms": "20000", "x-acs-retry-after": "20000" }],
  ["429, x-ms-retry-after-ms", { "x-ms-retry-after-ms": "20000" }],
  ["429, Retry-After negative", { "Retry-After": "-20" }],
  ["429, Retry-After of garbage", { "Retry-After": "soon" }],
];

function dated(headers: Answer["headers"] | "date" | "past date"): Answer["headers"] {
  if (headers !== "date" && headers !== "past date") return headers;
  return { "Retry-After": new Date(Date.now() + (headers === "date" ? 20_000 : -HOUR_MS)).toUTCString() };
}

const throttles: Row[] = [
  ...WAITS.flatMap(([name, headers]) =>
    once(name, "throttled", { acts: false, fault: (service) => says(429, {}, dated(headers))(service) }),
  ),
  ...once("429, Retry-After of days", "askedTooLong", { acts: false, fault: says(429, {}, { "Retry-After": "999999" }) }),
  ...once("429, Retry-After beyond any number", "askedTooLong", {
    acts: false,
    fault: says(429, {}, { "Retry-After": "999999999999999" }),
  }),
  ...forEver("429 without Retry-After", "throttled", { acts: false, fault: says(429) }),
  ...once("503 without Retry-After", "throttled", { acts: false, fault: says(503) }),
  ...once("503, Retry-After in seconds", "throttled", { acts: false, fault: says(503, {}, { "Retry-After": "45" }) }),
  ...forEver("503, Retry-After in seconds", "throttled", { acts: false, fault: says(503, {}, { "Retry-After": "45" }) }),
];

const faults: Row[] = [
  ...[408, 500, 502, 504].flatMap((status) => eitherWay(once(String(status), "faulted", { fault: says(status) }))),
  ...eitherWay([{ name: "500 three times", means: "faulted", times: 3, fault: says(500) }]),
  ...eitherWay(forEver("500", "faulted", { fault: says(500) })),
];

const clocks: Row[] = [
  ...once("clock of this machine an hour behind", "unauthorized", {
    fault: (service) => (service === "alibaba" ? { mode: "pass" } : undefined),
    hooks: ({ skew }) => ({ before: () => skew(HOUR_MS) }),
  }),
  ...forEver("400 InvalidTimeStamp.Expired", "refused", { acts: false, fault: onlyOf("alibaba", 400, "InvalidTimeStamp.Expired") }),
];

function stillRunning(answer: Answer): Answer {
  const body = JSON.parse(answer.body) as object;
  return { ...answer, body: JSON.stringify({ ...body, status: "InProgress" }) };
}

const ends = (operationOutcome: CloudSettings["operationOutcome"]): Row[] =>
  once(`operation that ends as ${operationOutcome}`, "operation", {
    fault: always({ mode: "pass" }),
    settings: { operationOutcome, keysChangeAt: "completion" },
  });

const operations: Row[] = [
  ...ends("Failed"),
  ...ends("Canceled"),
  ...forEver("operation that says InProgress", "operation", { fault: always({ mode: "amend", change: stillRunning }) }),
];

export const answerRows: readonly Row[] = [...notOfTheService, ...refusals, ...throttles, ...faults, ...clocks, ...operations];

import path from "node:path";
import type { Json } from "../engine/operation";
import type { HttpAnswer, HttpRequest, Sender } from "./http";
import type { HttpFailure } from "./httpFailure";
import type { Placeholders } from "./placeholders";
import { ALIBABA_BODY, ALIBABA_QUERY, AZURE_BODY, isServiceWord, maskedBody } from "./recordedMembers";
import { Recorder, type Tell } from "./recorder";

// What goes over the wire, written down for a report about a mistake of this package. Loaded where PATCHBAY_RECORDING
// is set and nowhere else. Sign-ins are not recorded.

/** What is recorded of whom. */
export interface Recorded {
  /** Where to. */
  readonly file: string;
  readonly cloud: "azure" | "alibaba";
  readonly endpoint: string;
  readonly tell: Tell;
}

/** Of this process, by file: several transports write into one. */
const recorders = new Map<string, Recorder>();

/** A way to send that also writes down what was sent and what came back. */
export function recording(sender: Sender, { file, cloud, endpoint, tell }: Recorded): Sender {
  const name = path.resolve(file);
  const recorder = recorders.get(name) ?? new Recorder(name);
  recorders.set(name, recorder);
  recorder.placeholders.addEndpoint(endpoint);
  return {
    send: async (request, limits) => {
      const { index, atMs } = recorder.begin();
      const startedMs = Date.now();
      const outcome = await sender.send(request, limits);
      const tookMs = Date.now() - startedMs;
      recorder.write(() => ({ index, cloud, atMs, tookMs, ...exchange(cloud, request, outcome, recorder.placeholders) }), tell);
      return outcome;
    },
  };
}

/** One exchange, without anything that a user named and without any secret. */
export function exchange(cloud: Recorded["cloud"], request: HttpRequest, outcome: HttpAnswer | HttpFailure, placeholders: Placeholders) {
  const { pathname, search } = new URL(request.url);
  const shape = cloud === "azure" ? AZURE_BODY : ALIBABA_BODY;
  const asked = {
    method: request.method,
    path: placeholders.path(pathname),
    query: cloud === "azure" ? placeholders.query(search.slice(1)) : queryOfAlibaba(search, placeholders),
    headers: headersOf(request.headers, REQUEST_HEADERS, placeholders),
    ...bodyOf(request.body ?? "", shape, placeholders),
  };
  if (outcome.kind !== "answer") {
    // Of the sentence its code alone: it names the host.
    const code = /\(([A-Z_0-9]{2,60})\)$/.exec(outcome.sentence)?.[1];
    return {
      request: asked,
      failure: { kind: outcome.kind, sent: outcome.sent, timedOut: outcome.timedOut === true, ...(code && { code }) },
    };
  }
  const headers = headersOf(outcome.headers, ANSWER_HEADERS, placeholders);
  return { request: asked, answer: { status: outcome.status, headers, ...bodyOf(outcome.text, shape, placeholders) } };
}

/** JSON by its shape; of anything else that there was something. */
function bodyOf(text: string, shape: typeof AZURE_BODY, placeholders: Placeholders): { body?: Json; text?: string } {
  if (text === "") return {};
  try {
    return { body: maskedBody(JSON.parse(text) as Json, shape, placeholders) };
  } catch {
    return { text: placeholders.word(text) };
  }
}

function queryOfAlibaba(search: string, placeholders: Placeholders): string {
  const pairs = Object.entries(maskedBody(Object.fromEntries(new URLSearchParams(search)), ALIBABA_QUERY, placeholders) as object);
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
}

type HeaderForm = "masked" | "word" | RegExp;

const CONTENT_TYPE = /^(?:application\/json|application\/xml|text\/html|text\/plain|text\/xml)(?:; ?charset=[\w-]{1,12})?$/i;
/** What is recorded of headers: nothing of any other, and of these what has the form, or a placeholder. */
export const REQUEST_HEADERS: Readonly<Record<string, HeaderForm>> = {
  "content-type": CONTENT_TYPE,
  "if-match": "masked",
  "x-ms-client-request-id": "masked",
  "x-acs-action": "word",
  "x-acs-version": /^\d{4}-\d\d-\d\d$/,
};
export const ANSWER_HEADERS: Readonly<Record<string, HeaderForm>> = {
  "content-type": CONTENT_TYPE,
  etag: "masked",
  location: "masked",
  "azure-asyncoperation": "masked",
  "operation-location": "masked",
  "x-ms-request-id": "masked",
  "x-ms-correlation-request-id": "masked",
  "x-acs-request-id": "masked",
  date: /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/,
  "retry-after": /^(?:\d{1,6}|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/,
  "retry-after-ms": /^\d{1,9}$/,
  "x-ms-retry-after-ms": /^\d{1,9}$/,
  "x-acs-retry-after": /^\d{1,9}$/,
  "x-ms-ratelimit-remaining-subscription-reads": /^\d{1,9}$/,
  "x-ms-ratelimit-remaining-subscription-writes": /^\d{1,9}$/,
  "x-ms-ratelimit-remaining-subscription-deletes": /^\d{1,9}$/,
};

function headersOf(headers: Readonly<Record<string, string>>, allowed: typeof ANSWER_HEADERS, placeholders: Placeholders) {
  const entries = Object.entries(allowed).flatMap(([name, form]) => {
    const value = headers[name];
    if (value === undefined) return [];
    if (form === "masked") return [[name, placeholders.of(value)]];
    const isKept = form === "word" ? isServiceWord(value) : form.test(value);
    // That there was one of another form is worth to be known.
    return [[name, isKept ? value : placeholders.word(value)]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Cloud, startCloud } from "./index";
import { arm, type PlainAnswer } from "./plainClient";

interface Entry {
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Record<string, string>;
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseHeaders: Record<string, string>;
  readonly responseBody: unknown;
}

const recording = join(__dirname, "recordings", "backend-crud-2022-08-01.json");
const { entries } = JSON.parse(readFileSync(recording, "utf8")) as { entries: Entry[] };

const recordedSubscription = "00000000-0000-0000-0000-000000000000";
const group = "Apim-NetSdk-20220801";
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  cloud.addApiManagementService("sdktest20220801service", { resourceGroup: group });
});
afterAll(() => cloud.stop());

// The conversation that Microsoft recorded between its own client and the real service, in its order; ETags are the emulator's.
it("answers a recorded conversation as the real service did", async () => {
  const etags = new Map<string, string>();
  for (const entry of entries) expectSame(entry, await replay(entry, etags), etags);
  expect(etags.size).toBe(2);
});

function replay(entry: Entry, etags: ReadonlyMap<string, string>): Promise<PlainAnswer> {
  const path = entry.url.replace(recordedSubscription, cloud.identity.subscriptionId);
  const ifMatch = entry.requestHeaders["If-Match"];
  const headers = { ...entry.requestHeaders, ...(ifMatch === undefined ? {} : { "If-Match": etags.get(ifMatch) ?? ifMatch }) };
  return arm(cloud, entry.method, path, { headers, body: entry.requestBody ?? undefined });
}

function expectSame(entry: Entry, answer: PlainAnswer, etags: Map<string, string>): void {
  const recordedTag = entry.responseHeaders.ETag;
  if (recordedTag !== undefined) {
    etags.set(recordedTag, etags.get(recordedTag) ?? String(answer.headers.etag));
    expect(answer.headers.etag).toBe(etags.get(recordedTag));
  }
  const body: unknown = JSON.parse(JSON.stringify(answer.json ?? null).replaceAll(cloud.identity.subscriptionId, recordedSubscription));
  expect([entry.method, answer.status, body]).toEqual([entry.method, entry.status, entry.responseBody]);
  expect(Object.keys(answer.headers)).toEqual(expect.arrayContaining(expectedHeaders(entry)));
  const length = entry.responseHeaders["Content-Length"];
  if (length !== undefined) expect(answer.headers["content-length"]).toBe(length);
}

function expectedHeaders(entry: Entry): string[] {
  // The service sends its server name with errors too; nobody reads it.
  return Object.keys(entry.responseHeaders)
    .map((name) => name.toLowerCase())
    .filter((name) => name !== "server");
}

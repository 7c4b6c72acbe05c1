import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { backendErrors } from "./documented/backends";
import { frontDoorErrors } from "./documented/frontDoor";
import { allocationErrors, kvstoreErrorRows, releaseErrors } from "./documented/kvstore";
import { redisEnterpriseErrors } from "./documented/redisEnterprise";
import type { ErrorRow } from "./documented/row";
import { webPubSubErrors } from "./documented/webPubSub";
import { type Cloud, startCloud } from "./index";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

/** Codes that an official client has met in this run. */
const met = new Set<string>();

interface ClientError {
  readonly statusCode?: number;
  readonly code?: string;
  readonly message: string;
  readonly details?: unknown;
  /** What the clients of Alibaba Cloud keep of the body. */
  readonly data?: unknown;
}

async function errorOf(work: Promise<unknown>): Promise<ClientError> {
  return work.then(
    () => ({ message: "It ended well." }),
    (error: ClientError) => error,
  );
}

function azureBody({ code, details }: ErrorRow): unknown {
  const shown = details?.map(([target, message]) => ({ code: "ValidationError", target, message }));
  return { error: { code, message: expect.any(String), ...(shown === undefined ? {} : { details: shown }) } };
}

function alibabaBody({ code }: ErrorRow): unknown {
  const RequestId = expect.stringMatching(/^[0-9A-F-]{36}$/);
  return { RequestId, HostId: "r-kvstore.aliyuncs.com", Code: code, Message: expect.any(String), Recommend: expect.stringContaining(code) };
}

async function meet(row: ErrorRow): Promise<ClientError> {
  const error = await errorOf(row.provoke(cloud));
  expect([error.statusCode, error.code ?? ""]).toEqual([row.status, row.code]);
  expect(error.message).toContain(row.sentence);
  met.add(row.code);
  return error;
}

const named = (rows: readonly ErrorRow[]) =>
  rows.map((row) => [`${row.operation}: ${row.status} ${row.code} ${row.sentence}`, row] as const);
const azure = { redisEnterpriseErrors, backendErrors, webPubSubErrors, frontDoorErrors };

describe.each(Object.entries(azure))("the official client meets each of %s,", (_service, rows) => {
  it.each(named(rows))("%s", async (_name, row) => {
    const { details } = await meet(row);
    if (row.code !== "") expect(details).toMatchObject(azureBody(row) as object);
  });
});

describe("the official client of R-KVStore meets", () => {
  it.each(named(kvstoreErrorRows))("%s", async (_name, row) => {
    const { data } = await meet(row);
    expect(data).toMatchObject(alibabaBody(row) as object);
  });

  it("the twelve errors of AllocateDirectConnection's page and the three of a release, each once", () => {
    const codes = (rows: readonly ErrorRow[]) => new Set(rows.map(({ code }) => code));
    expect([codes(allocationErrors).size, codes(releaseErrors).size]).toEqual([12, 3]);
  });
});

/** Codes that the source of the cloud can answer with. */
function answerable(): string[] {
  const sources = readdirSync(__dirname).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && file !== "kvstoreErrors.ts",
  );
  const text = sources.map((file) => readFileSync(join(__dirname, file), "utf8")).join("\n");
  const refusals = text.matchAll(/\b(?:armError|apiManagementError|unauthorized|kvstoreError)\(\s*(?:\d{3},\s*)?"([\w.]+)"/g);
  return [...new Set([...refusals].map(([, code = ""]) => code))].sort();
}

/** These no official client can be brought to: it signs, counts and names its version by itself. */
const unreachable = [
  ...["IncompleteSignature", "InvalidTimeStamp.Format", "InvalidVersion"],
  ...["MissingSignatureNonce", "SignatureNonceUsed", "UnsupportedHTTPMethod"],
];

it("every code that the cloud can answer with has been met by an official client, but for six that none can be brought to", () => {
  expect(answerable().filter((code) => !met.has(code))).toEqual(unreachable);
});

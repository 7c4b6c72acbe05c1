import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cloud, startCloud } from "../cloud";
import { type Exchange, type Reply, ScriptedServer } from "../support/scriptedServer";
import { rejection, TransportBench } from "../support/transportBench";
import { applicationAt, callsAtOnce, discovery, issued, listKeysOf, OK, REQUEST, refused, shown, tokenRequest } from "./signInBench";

const secret = randomBytes(20).toString("hex");
const EXPIRED: Reply = { status: 401, json: { error: { code: "ExpiredAuthenticationToken", message: "Expired." } } };

let server: ScriptedServer;
beforeEach(async () => {
  server = await ScriptedServer.start();
});
afterEach(() => server.finish());

function benchWith(more: Readonly<Record<string, string>> = { ARM_CLIENT_SECRET: secret }): TransportBench {
  return new TransportBench(applicationAt(server, more));
}

/** Nothing of a secret in any of the ways in which an error may be shown. */
function expectNoSecret(error: unknown, ...more: string[]): void {
  for (const value of [secret, ...more]) expect(shown(error)).not.toContain(value);
}

describe("a sign-in that Entra ID refuses", () => {
  it.each([
    [
      "a wrong secret",
      401,
      "invalid_client",
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value",
    ],
    ["a secret that has run out", 401, "invalid_client", 7000222, "The provided client secret keys for app 'client-1' are expired."],
    [
      "an application that is not there",
      400,
      "unauthorized_client",
      700016,
      "Application with identifier 'client-1' was not found in the directory.",
    ],
    ["a tenant that is not there", 400, "invalid_request", 90002, "Tenant not found."],
    [
      "a login that was revoked",
      400,
      "invalid_grant",
      50173,
      "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
    ],
    ["an application that was switched off", 401, "unauthorized_client", 7000112, "Application 'client-1' is disabled."],
  ])("is told in its words, once: %s", async (_what, status, error, code, sentence) => {
    server.expect(discovery(server.url), tokenRequest(refused(status, error, code, `${sentence} (${secret})`)));
    const bench = benchWith();
    const thrown = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(thrown.name).toBe("ConfigurationError");
    expect(thrown.message).toMatch(/^Azure refused the sign-in: AADSTS\d+: /);
    expect(thrown.message).toContain(`AADSTS${code}: ${sentence}`);
    expect(thrown.message).toMatch(/\. Check tenantId, clientId and clientSecret; a secret that has run out must be made anew\.$/);
    expect(thrown.message).not.toMatch(/Trace ID|Correlation ID/);
    expect(bench.delays).toEqual([]);
    expectNoSecret(thrown);
  });

  it("is told to every one of sixty-four calls, and asked for once", async () => {
    const cloud = await startCloud();
    cloud.addWebPubSub("chat");
    const settings = { ...cloud.environmentFor("clientSecret"), ARM_CLIENT_SECRET: secret };
    const { answered, errors, asked } = await callsAtOnce(cloud, settings);
    expect({ answered, asked }).toEqual({ answered: 0, asked: { DISCOVERY: 1, TOKEN: 1 } });
    expect(new Set(errors.map(({ message }) => message)).size).toBe(1);
    expect(errors[0]?.message).toContain("AADSTS7000215");
    expectNoSecret(errors[0], ...cloud.secrets);
    await cloud.stop();
  });

  it("of a wrong OIDC assertion names the federated credential", async () => {
    server.expect(
      discovery(server.url),
      tokenRequest(refused(401, "invalid_client", 700213, "No matching federated identity record found.")),
    );
    const bench = benchWith({ ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: secret });
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error.message).toMatch(/AADSTS700213: No matching federated identity record found\. Check .*federated credential/);
    expectNoSecret(error);
  });
});

describe("a sign-in whose authority", () => {
  const told = (...exchanges: (Reply | "discovery")[]) =>
    server.expect(...exchanges.map((one): Exchange => (one === "discovery" ? discovery(server.url) : tokenRequest(one))));

  it.each<[string, Reply[], number[], string]>([
    ["asks to wait", [{ status: 429, headers: { "retry-after": "7" } }], [7_000], "the answer was 429"],
    ["throttles without a word", [{ status: 429 }, { status: 429 }], [400, 800], "the answer was 429"],
    ["is busy", [{ status: 503, headers: { "retry-after-ms": "250" } }], [250], "the answer was 503"],
    ["has a fault", [{ status: 500 }, { status: 502, text: "<html>" }, { status: 504 }], [400, 800, 1_600], "the answer was 500"],
    ["breaks the connection", [{ fault: "reset" }, { fault: "close" }], [400, 800], "the connection to"],
  ])("%s is asked again, and each wait is told", async (_what, replies, delays, reason) => {
    told("discovery", ...replies, issued("token-1"));
    server.expect(OK);
    const bench = benchWith();
    expect((await bench.transport.send(REQUEST, bench.options())).status).toBe(200);
    expect(bench.delays).toEqual(delays);
    expect(bench.reasons[0]).toContain(`signing in to Azure: ${reason}`);
  });

  it("is throttled while it is looked for is asked again too", async () => {
    server.expect({ ...discovery(server.url), reply: { status: 429, headers: { "retry-after": "3" } } });
    told("discovery", issued("token-1"));
    server.expect(OK);
    const bench = benchWith();
    await bench.transport.send(REQUEST, bench.options());
    expect(bench.delays).toEqual([3_000]);
  });

  it.each([
    ["999999999", "999999999"],
    ["9".repeat(30), "1000000000000"],
    ["601", "601"],
  ])("asks to wait %s s ends it at once, with its own words and the limit", async (retryAfter, seconds) => {
    told("discovery", {
      ...refused(429, "temporarily_unavailable", 90033, "A transient error has occurred."),
      headers: { "retry-after": retryAfter },
    });
    const bench = benchWith();
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error.name).toBe("NotSentError");
    expect(error.message).toBe(
      "The sign-in to Azure gave no token: the answer was 429. AADSTS90033: A transient error has occurred. " +
        `The service asks to wait ${seconds} s, which is more than the 600 s that may be waited; run again later.`,
    );
    expect(bench.delays).toEqual([]);
  });

  it("asks to wait longer than there is time ends at the deadline, and says what it met", async () => {
    told("discovery", { status: 429, headers: { "retry-after": "300" } });
    // A wait that nobody ends.
    const bench = new TransportBench(applicationAt(server, { ARM_CLIENT_SECRET: secret }), {
      sleep: (_delayMs, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    });
    const error = await rejection(bench.transport.send(REQUEST, bench.options(1_000)));
    expect(error.name).toBe("DeadlineError");
    expect(error.message).toContain("The time was up before the sign-in to Azure answered; at the last try the answer was 429.");
  });

  it.each<[string, Reply, RegExp]>([
    [
      "a page with 200",
      { text: "<html>sign in here</html>", headers: { "content-type": "text/html" } },
      /answer was 200 with text\/html and "<html>sign in here<\/html>"/,
    ],
    ["a page with 407", { status: 407, text: "<html>proxy</html>", headers: { "content-type": "text/html" } }, /answer was 407/],
    ["nothing", {}, /answer was 200 with no content type and an empty body/],
    [
      "half of its JSON",
      { text: '{"access_token":"eyJhbGciOi', headers: { "content-type": "application/json" } },
      /answer was 200 with application\/json/,
    ],
  ])("answers with %s is no reason to sign in otherwise, and is told", async (_what, reply, message) => {
    told("discovery", reply);
    const bench = benchWith();
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error.name).toBe("UnexpectedAnswerError");
    expect(error.message).toMatch(message);
    expect(error.message).toContain("A proxy or a sign-in page between this machine and the service answers like this");
    expectNoSecret(error, "eyJhbGciOi");
  });

  it("has no certificate that is trusted is tried once, and the error says how to trust it", async () => {
    const settings = {
      ...applicationAt(server, { ARM_CLIENT_SECRET: secret }),
      AZURE_AUTHORITY_HOST: server.url.replace("http:", "https:"),
    };
    const bench = new TransportBench(settings);
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error.name).toBe("NotSentError");
    expect(error.message).toContain("NODE_EXTRA_CA_CERTS");
    expect(bench.delays).toEqual([]);
  });
});

describe("an OIDC request URL that", () => {
  const pipeline = () => ({ ARM_USE_OIDC: "true", ARM_OIDC_REQUEST_URL: `${server.url}/oidc`, ARM_OIDC_REQUEST_TOKEN: secret });

  it.each<[string, Reply, number[]]>([
    ["asks to wait", { status: 429, headers: { "retry-after": "2" } }, [2_000]],
    ["has a fault", { status: 502, text: "<html>" }, [400]],
    ["breaks the connection", { fault: "reset" }, [400]],
  ])("%s is asked again", async (_what, reply, delays) => {
    server.expect({ path: "/oidc", reply }, { path: "/oidc", reply: { json: { value: "a-1" } } });
    server.expect(discovery(server.url), tokenRequest(issued("token-1")), OK);
    const bench = benchWith(pipeline());
    await bench.transport.send(REQUEST, bench.options());
    expect(bench.delays).toEqual(delays);
  });

  it.each<[string, Reply, RegExp]>([
    ["refuses", { status: 403, json: { message: secret } }, /gave no token \(status 403\)\. In GitHub Actions the job needs/],
    ["answers with a page", { text: `<html>${secret}</html>` }, /gave no token \(status 200\)/],
    ["answers without a token", { json: { value: "" } }, /gave no token \(status 200\)/],
    ["redirects", { status: 302, headers: { location: "https://evil.test/" } }, /gave no token \(status 302\)/],
  ])("%s is told, with what the job needs", async (_what, reply, message) => {
    server.expect({ path: "/oidc", reply });
    const bench = benchWith(pipeline());
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toMatch(message);
    expectNoSecret(error);
  });

  it("is of Azure Pipelines and refuses is told with what the step needs", async () => {
    server.expect({ method: "POST", path: "/oidc", reply: { status: 401 } });
    const bench = benchWith({ ...pipeline(), ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "sc" });
    await expect(bench.transport.send(REQUEST, bench.options())).rejects.toThrow(
      /gave no token \(status 401\)\. In Azure Pipelines the step needs SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)/,
    );
  });
});

describe("a file that cannot be read", () => {
  const missing = join(tmpdir(), "patchbay-is-not-here");

  it.each([
    ["a certificate", { ARM_CLIENT_CERTIFICATE_PATH: missing }],
    ["an OIDC token", { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: missing }],
  ])("is told: %s", async (_what, setting) => {
    const bench = benchWith(setting as Record<string, string>);
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toMatch(/ENOENT: no such file or directory, of the file that \w+Path names\./);
  });

  it.each([
    ["the text of a certificate", { ARM_CLIENT_CERTIFICATE_PATH: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----` }],
    ["a key in one line", { ARM_CLIENT_CERTIFICATE_PATH: secret.slice(0, 20) }],
    ["a text with a NUL", { ARM_CLIENT_CERTIFICATE_PATH: `${secret.slice(0, 20)}\0` }],
    ["an OIDC token", { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: secret.slice(0, 20) }],
    ["an OIDC token in two lines", { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: `${secret}\n${secret}` }],
    ["an OIDC token that a cluster names", { AZURE_FEDERATED_TOKEN_FILE: `${secret}\n${secret}` }],
  ])("is told without what was given in the place of its path: %s", async (_what, setting) => {
    const bench = benchWith(setting as Record<string, string>);
    const error = await rejection(Promise.resolve().then(() => bench.transport.send(REQUEST, bench.options())));
    expect(error.name).toBe("ConfigurationError");
    expect(error.message).toMatch(/Path names|holds more than the path of a file/);
    expectNoSecret(error, secret.slice(0, 12));
  });
});

describe("a token that the service does not accept", () => {
  it("is renewed once, for all that met it at the same time", async () => {
    const cloud: Cloud = await startCloud();
    cloud.addWebPubSub("chat");
    const bench = new TransportBench(cloud.environmentFor("clientSecret"));
    await bench.transport.send(listKeysOf(cloud), bench.options());
    cloud.expireTokens();
    cloud.takeRequests();
    const sent = Array.from({ length: 64 }, () => bench.transport.send(listKeysOf(cloud), bench.options()));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(Array(64).fill(200));
    expect(cloud.tokensIssued).toBe(2);
    expect(cloud.takeRequests().filter((line) => line === "TOKEN")).toHaveLength(1);
    await cloud.stop();
  });

  it("and neither the next one ends the call after one renewal", async () => {
    const refusedCall: Exchange = { path: "/a", reply: EXPIRED };
    server.expect(discovery(server.url), tokenRequest(issued("one-token")), refusedCall);
    server.expect(discovery(server.url), tokenRequest(issued("other-token")), refusedCall);
    const bench = benchWith();
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error).toMatchObject({ name: "ServiceError", status: 401 });
    expect(bench.delays).toEqual([]);
    expectNoSecret(error, "one-token", "other-token");
  });

  it("that is a ready one is not asked for again", async () => {
    server.expect({ path: "/a", reply: EXPIRED });
    const token = randomBytes(30).toString("base64url");
    const bench = new TransportBench({ "patchbay:resourceManagerEndpoint": server.url, "patchbay:azureAccessToken": token });
    const error = await rejection(bench.transport.send(REQUEST, bench.options()));
    expect(error).toMatchObject({ name: "ServiceError", status: 401 });
    expectNoSecret(error, token);
  });
});

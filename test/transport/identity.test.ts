import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { inOwnProcess } from "../support/ownProcess";
import { type Exchange, ScriptedServer } from "../support/scriptedServer";
import { selfSignedCertificate } from "../support/selfSignedCertificate";
import { readyAt, rejection, requestOf, TransportBench } from "../support/transportBench";
import { applicationAt, discovery, issued, OK as ok, REQUEST as request, tokenRequest } from "./signInBench";

const secret = randomBytes(20).toString("hex");

/** A token endpoint's half of the conversation. */
function authority(url: string, token: string, endpointScheme = "http"): Exchange[] {
  return [discovery(url.replace("http:", `${endpointScheme}:`)), tokenRequest(issued(token))];
}

describe("signing in through @azure/identity", () => {
  async function signedIn(more: Record<string, string>, prepare: (server: ScriptedServer) => void) {
    const server = await ScriptedServer.start();
    prepare(server);
    const bench = new TransportBench(applicationAt(server, more));
    const [result] = await Promise.allSettled([bench.transport.send(request, bench.options())]);
    await server.finish();
    return { received: server.received, error: result.status === "rejected" ? (result.reason as Error) : undefined };
  }

  const sendTwice = `
    const { Configuration } = require("./provider/configuration.ts");
    const { Transport } = require("./provider/transport/transport.ts");
    const settings = { "patchbay:resourceManagerEndpoint": process.env.ENDPOINT };
    const transport = new Transport(new Configuration((key) => settings[key], process.env));
    const request = { cloud: "azure", method: "GET", path: ["a"], apiVersion: "1", repeat: "read", answer: "object" };
    const options = { deadlineMs: Date.now() + 30000, signal: new AbortController().signal, clientRequestId: "c", onWait() {} };
    (async () => {
      const first = await transport.send(request, options);
      const second = await transport.send(request, options);
      console.log(first.status, second.status);
    })().catch((error) => console.log(error.name, error.message));
  `;

  it.each(["http", "https"])("works with a client secret and a loopback authority whose metadata says %s", async (scheme) => {
    const { received, error } = await signedIn({ ARM_CLIENT_SECRET: secret }, (server) =>
      server.expect(...authority(server.url, "issued-token", scheme), ok),
    );
    expect(error).toBeUndefined();
    const form = new URLSearchParams(received[1]?.text);
    expect(form.get("scope")).toContain("https://management.core.windows.net//.default");
    expect(form.get("client_secret")).toBe(secret);
    expect(received[2]?.headers.authorization).toBe("Bearer issued-token");
  });

  it("asks once for twenty parallel calls, and for the next ones not at all", async () => {
    const server = await ScriptedServer.start();
    server.expect(...authority(server.url, "issued-token"), ...Array.from({ length: 21 }, () => ok));
    const bench = new TransportBench(applicationAt(server, { ARM_CLIENT_SECRET: secret }));
    await Promise.all(Array.from({ length: 20 }, () => bench.transport.send(request, bench.options())));
    await bench.transport.send(request, bench.options());
    expect(server.received).toHaveLength(23);
    await server.finish();
  });

  it("renews a token that was not accepted, once", async () => {
    const refused: Exchange = {
      path: "/a",
      reply: { status: 401, json: { error: { code: "ExpiredAuthenticationToken", message: "Expired." } } },
    };
    const renewed = await signedIn({ ARM_CLIENT_SECRET: secret }, (server) =>
      server.expect(...authority(server.url, "old-token"), refused, ...authority(server.url, "new-token"), ok),
    );
    expect(renewed.error).toBeUndefined();
    expect(renewed.received.at(-1)?.headers.authorization).toBe("Bearer new-token");
    const again = await signedIn({ ARM_CLIENT_SECRET: secret }, (server) =>
      server.expect(...authority(server.url, "old-token"), refused, ...authority(server.url, "new-token"), refused),
    );
    expect(again.error).toMatchObject({ name: "ServiceError", status: 401 });
  });

  it("goes on with a renewed token in the middle of an operation", async () => {
    const server = await ScriptedServer.start();
    const location = { location: `${server.url}/operations/1` };
    server.expect(
      ...authority(server.url, "old-token"),
      { method: "POST", reply: { status: 202, headers: location } },
      { path: "/operations/1", reply: { status: 401 } },
    );
    server.expect(...authority(server.url, "new-token"), { path: "/operations/1", reply: { json: { done: true } } });
    const bench = new TransportBench(applicationAt(server, { ARM_CLIENT_SECRET: secret }));
    const post = requestOf("once", { answer: "optional" });
    const answer = await bench.transport.follow(post, await bench.transport.send(post, bench.options()), bench.options());
    expect(answer.body).toEqual({ done: true });
    await server.finish();
  });

  it("works with an OIDC token from a file and from a request", async () => {
    const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
    writeFileSync(join(folder, "token"), "assertion-of-the-file\n");
    const file = await signedIn({ ARM_USE_OIDC: "true", AZURE_FEDERATED_TOKEN_FILE: join(folder, "token") }, (server) =>
      server.expect(...authority(server.url, "t-1"), ok),
    );
    expect(file.error).toBeUndefined();
    expect(file.received[1]?.text).toContain("client_assertion=assertion-of-the-file");
    rmSync(folder, { recursive: true });

    const server = await ScriptedServer.start();
    const [metadata, token] = authority(server.url, "t-2") as [Exchange, Exchange];
    server.expect(
      { method: "GET", path: "/github?x=1&audience=api", reply: { json: { value: "assertion-of-github" } } },
      metadata,
      token,
      ok,
    );
    const oidc = { ARM_USE_OIDC: "true", ARM_OIDC_REQUEST_URL: `${server.url}/github?x=1`, ARM_OIDC_REQUEST_TOKEN: "request-bearer" };
    const bench = new TransportBench(applicationAt(server, oidc));
    const [result] = await Promise.allSettled([bench.transport.send(request, bench.options())]);
    expect(result.status === "rejected" ? result.reason : undefined).toBeUndefined();
    expect(server.received[0]?.headers.authorization).toBe("Bearer request-bearer");
    await server.finish();
  });

  it("says what a refused OIDC request needs", async () => {
    const settings = { ARM_USE_OIDC: "true", ARM_OIDC_REQUEST_TOKEN: "request-bearer" };
    const { error } = await signedIn(settings, (server) => {
      Object.assign(settings, { ARM_OIDC_REQUEST_URL: `${server.url}/github` });
      server.expect({ path: "/github", reply: { status: 403 } });
    });
    expect(error?.message).toMatch(
      /The OIDC token service at 127\.0\.0\.1:\d+ gave no token \(status 403\)\. In GitHub Actions the job needs `permissions: id-token: write`\./,
    );
  });

  it("works with a client certificate", async () => {
    const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
    const file = join(folder, "both.pem");
    writeFileSync(file, selfSignedCertificate().pem);
    const { received, error } = await signedIn({ ARM_CLIENT_CERTIFICATE_PATH: file }, (server) =>
      server.expect(...authority(server.url, "t-3"), ok),
    );
    expect(error).toBeUndefined();
    expect(received[1]?.text).toContain("client_assertion=ey");
    rmSync(folder, { recursive: true });
  });

  it("works with a managed identity, by the endpoint that the machine names", async () => {
    const server = await ScriptedServer.start();
    const expires = Math.floor(Date.now() / 1000) + 86_400;
    const token = { access_token: "machine-token", expires_on: String(expires), resource: "r", token_type: "Bearer" };
    server.expect({ method: "GET", path: "/identity?", reply: { json: token } }, ok);
    Object.assign(process.env, { IDENTITY_ENDPOINT: `${server.url}/identity`, IDENTITY_HEADER: "header-1" });
    try {
      const bench = new TransportBench({ "patchbay:resourceManagerEndpoint": server.url, ARM_USE_MSI: "true" });
      await bench.transport.send(request, bench.options());
    } finally {
      delete process.env["IDENTITY_ENDPOINT"];
      delete process.env["IDENTITY_HEADER"];
    }
    expect(server.received[0]?.headers["x-identity-header"]).toBe("header-1");
    expect(server.received[1]?.headers.authorization).toBe("Bearer machine-token");
    await server.finish();
  });

  it("works with the login of the Azure CLI, asked once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
    const log = join(folder, "log");
    const az = join(folder, "az");
    writeFileSync(
      az,
      `#!/bin/sh\necho "$@" >> ${log}\necho '{"accessToken":"cli-token","expires_on":${Math.floor(Date.now() / 1000) + 3600}}'\n`,
    );
    chmodSync(az, 0o755);
    const server = await ScriptedServer.start(ok, ok);
    const printed = await inOwnProcess(sendTwice, { ENDPOINT: server.url, PATH: `${folder}${delimiter}${process.env["PATH"]}` });
    expect(printed).toBe("200 200");
    expect(server.received[1]?.headers.authorization).toBe("Bearer cli-token");
    expect(readFileSync(log, "utf8").trim()).toBe("account get-access-token --output json --resource https://management.core.windows.net/");
    rmSync(folder, { recursive: true });
    await server.finish();
  });

  it("says everything that was looked for when there is no login at all", async () => {
    const printed = await inOwnProcess(sendTwice, { ENDPOINT: "http://127.0.0.1:9", PATH: "/bin:/usr/bin" });
    expect(printed).toContain("ConfigurationError");
    for (const key of ["patchbay:azureAccessToken", "ARM_CLIENT_SECRET", "ARM_USE_OIDC", "patchbay:useMsi", "az login"])
      expect(printed).toContain(key);
  });

  it("tells a refused sign-in by its AADSTS sentence, and no secret with it", async () => {
    const description = `AADSTS7000215: Invalid client secret provided: '${secret}'. Trace ID: 1 Correlation ID: 2`;
    const { error } = await signedIn({ ARM_CLIENT_SECRET: secret }, (server) => {
      const [metadata] = authority(server.url, "x") as [Exchange];
      server.expect(metadata, {
        method: "POST",
        reply: { status: 401, json: { error: "invalid_client", error_description: description, error_codes: [7000215] } },
      });
    });
    expect(error?.name).toBe("ConfigurationError");
    expect(error?.message).toContain("AADSTS7000215: Invalid client secret provided");
    expect(error?.message).not.toContain("Trace ID");
    const shown = `${inspect(error, { depth: 10, showHidden: true })}${error?.stack}${String(error?.cause)}`;
    expect(shown).not.toContain(secret);
  });

  it("says that nothing was sent when the authority is not there", async () => {
    const server = await ScriptedServer.start();
    const bench = new TransportBench({
      ...applicationAt(server, { ARM_CLIENT_SECRET: secret }),
      AZURE_AUTHORITY_HOST: "http://127.0.0.1:9",
    });
    const error = await rejection(bench.transport.send(request, bench.options()));
    expect(error.name).toBe("NotSentError");
    expect(error.message).toMatch(
      /^The sign-in to Azure gave no token: 127\.0\.0\.1:9 refused the connection \(ECONNREFUSED\)\. Check the network/,
    );
    expect(bench.delays).toEqual([400, 800, 1_600, 3_200, 6_400]);
    await server.finish();
  });

  it("loads nothing heavy before the first call, and no credential library for a ready token", async () => {
    const server = await ScriptedServer.start(ok, ok);
    const script = `
      const loaded = () => ["axios", "@azure", "@alicloud", "@pulumi"].filter((name) => Object.keys(require.cache).some((file) => file.includes("node_modules/" + name + "/")));
      require("./provider/transport/transport.ts");
      const before = loaded();
      ${sendTwice.replace("console.log(", "console.log(JSON.stringify(before), JSON.stringify(loaded()), ")}
    `;
    const printed = await inOwnProcess(script, { ENDPOINT: server.url, PATCHBAY_AZURE_ACCESS_TOKEN: "ready" });
    expect(printed).toBe('[] ["axios"] 200 200');
    await server.finish();
  });

  it("gives a ready token to every call as it is set at that moment", async () => {
    const server = await ScriptedServer.start(ok, ok);
    const settings: Record<string, string> = readyAt(server.url);
    const bench = new TransportBench(settings);
    await bench.transport.send(request, bench.options());
    settings["patchbay:azureAccessToken"] = "another-token";
    await bench.transport.send(request, bench.options());
    expect(server.received.map((received) => received.headers.authorization)).toEqual([
      "Bearer ready-token-of-the-test",
      "Bearer another-token",
    ]);
    await server.finish();
  });
});

import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inOwnProcess } from "../support/ownProcess";
import { ScriptedServer } from "../support/scriptedServer";

// The login of the Azure CLI, with stubs of `az` first on PATH. The library starts it with the PATH of its process, so all
// of them are tried in a process of their own.

const opaque = randomBytes(32).toString("base64url");
const jwt = `eyJhbGciOiJub25lIn0.${randomBytes(30).toString("base64url")}.${randomBytes(30).toString("base64url")}`;
const inAnHour = Math.floor(Date.now() / 1000) + 3_600;

/** What each stub does. `$HERE` is its folder. */
const STUBS = {
  good: `echo "$@" >> "$HERE/asked"; echo '{"accessToken":"cli-token","expires_on":${inAnHour},"tokenType":"Bearer"}'`,
  old: `echo '{"accessToken":"cli-token","expiresOn":"${new Date(inAnHour * 1_000).toISOString()}"}'`,
  loggedOut: `echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`,
  otherTenant: `echo "ERROR: AADSTS50020: User account does not exist in tenant. Trace ID: 1" >&2; exit 1`,
  silent: "exit 0",
  garbage: `echo "WARNING: ${opaque} is not what you think"`,
  noExpiry: `echo '{"accessToken":"${opaque}","expiresOn":"soon"}'`,
  tokenOnStderr: `echo '{"accessToken": "${opaque}"}' >&2; echo "bare ${jwt}" >&2; exit 1`,
  slow: `while [ ! -e "$HERE/go" ]; do sleep 0.05; done; echo '{"accessToken":"late","expires_on":${inAnHour}}'`,
};
type Stub = keyof typeof STUBS | "missing" | "begun";

interface Tried {
  readonly ended: string;
  readonly message: string;
  readonly shown: string;
}

let folder: string;
let server: ScriptedServer;
let tried: Readonly<Record<Stub, Tried>>;

const script = `
const { writeFileSync } = require("node:fs");
const { inspect } = require("node:util");
const { Configuration } = require("./provider/configuration.ts");
const { Transport } = require("./provider/transport/transport.ts");
const request = { cloud: "azure", method: "GET", path: ["a"], apiVersion: "1", repeat: "read", answer: "object" };
const settings = { "patchbay:resourceManagerEndpoint": process.env.ENDPOINT, "patchbay:tenantId": "tenant-1" };
const shown = (error) => [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), error.stack].join();

async function tryOne(stub) {
  process.env.PATH = process.env.FOLDER + "/" + (stub === "begun" ? "missing" : stub) + ":/bin:/usr/bin";
  const transport = new Transport(new Configuration((key) => settings[key], stub === "begun" ? { ARM_CLIENT_ID: "c" } : {}));
  // Loading the library and starting a shell count too.
  const deadlineMs = Date.now() + (stub === "slow" ? 1500 : 60000);
  const options = { deadlineMs, signal: new AbortController().signal, clientRequestId: "c", onWait() {} };
  const calls = Array.from({ length: stub === "good" ? 64 : 1 }, () => transport.send(request, options));
  const end = await Promise.all(calls).then(() => ({ ended: "answered", message: "", shown: "" }), (error) => ({ ended: error.name, message: error.message, shown: shown(error) }));
  if (stub === "slow") writeFileSync(process.env.FOLDER + "/slow/go", "");
  transport.close();
  return end;
}

(async () => {
  const tried = {};
  for (const stub of process.env.STUBS.split(",")) tried[stub] = await tryOne(stub);
  console.log(JSON.stringify(tried));
})();
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "patchbay-"));
  for (const [name, body] of Object.entries(STUBS)) {
    const here = join(folder, name);
    mkdirSync(here);
    writeFileSync(join(here, "az"), `#!/bin/sh\nHERE="${here}"\n${body}\n`);
    chmodSync(join(here, "az"), 0o755);
  }
  server = await ScriptedServer.start(...Array.from({ length: 65 }, () => ({ path: "/a", reply: { json: {} } })));
  const stubs = [...Object.keys(STUBS), "missing", "begun"].join(",");
  tried = JSON.parse(await inOwnProcess(script, { ENDPOINT: server.url, FOLDER: folder, STUBS: stubs })) as typeof tried;
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.finish();
});

describe("the login of the Azure CLI", () => {
  it("gives sixty-four calls at once one token, asked for once, of the tenant that is configured", () => {
    expect(tried.good.ended).toBe("answered");
    const asked = "account get-access-token --output json --resource https://management.core.windows.net/ --tenant tenant-1\n";
    expect(readFileSync(join(folder, "good", "asked"), "utf8")).toBe(asked);
    const used = server.received.slice(0, 64).map(({ headers }) => headers.authorization);
    expect(new Set(used)).toEqual(new Set(["Bearer cli-token"]));
  });

  it("is understood from older versions, which write the end as a date", () => {
    expect(tried.old.ended).toBe("answered");
  });

  it.each<[Stub, RegExp]>([
    [
      "loggedOut",
      /^The sign-in to Azure failed: Please run 'az login' from a command prompt .*\. Run az login\. Looked for, in this order: /,
    ],
    ["missing", /^The sign-in to Azure failed: Azure CLI could not be found\. .*\. Run az login\. Looked for, in this order: /],
    [
      "begun",
      /^ARM_CLIENT_ID and patchbay:tenantId are set, but nothing that signs in with them \(clientSecret, clientCertificatePath or useOidc\), so the login of the Azure CLI was tried\. The sign-in to Azure failed: Azure CLI could not be found/,
    ],
    ["otherTenant", /^Azure refused the sign-in: AADSTS50020: User account does not exist in tenant\. Run az login\.$/],
    ["silent", /^The sign-in to Azure failed: az account get-access-token printed no token\. Run az login\. /],
    ["garbage", /^The sign-in to Azure failed: az account get-access-token printed no token\. Run az login\. /],
    ["noExpiry", /^The sign-in to Azure failed: Unexpected response from Azure CLI when getting token\. .*"soon"/],
    ["tokenOnStderr", /^The sign-in to Azure failed: \{"accessToken": \[redacted\]\} bare \[redacted\]/],
  ])("is told to be missing in words that help: %s", (stub, message) => {
    expect(tried[stub].ended).toBe("ConfigurationError");
    expect(tried[stub].message).toMatch(message);
  });

  it("is waited for no longer than the deadline", () => {
    expect(tried.slow).toMatchObject({ ended: "DeadlineError" });
    expect(tried.slow.message).toContain("The time was up before the sign-in to Azure answered");
  });

  it("shows no token in any error, whatever az prints and where", () => {
    const all = Object.values(tried).map(({ message, shown }) => `${message}${shown}`);
    for (const value of [opaque, jwt, jwt.split(".")[1] ?? "", "cli-token"]) expect(all.join()).not.toContain(value);
  });
});

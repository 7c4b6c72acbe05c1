import { randomBytes } from "node:crypto";
import { backendIdOf, gatewayProgram, requestsTo, resourceNamed, serviceName, succeeded } from "./gateway";
import type { CommandResult, Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { toldMistakes } from "./toldMistakes";
import { openWorld, type World } from "./world";

const notKnownYet = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const teamKey = randomBytes(12).toString("hex");
const theirs = {
  ...{ title: "Orders", url: "https://orders.example.com/", protocol: "http", description: "by the API team" },
  credentials: { header: { "x-team": [teamKey] } },
};

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    for (const backendId of ["orders", "stock", "slow"]) cloud.addBackend(serviceName, backendId, theirs);
  });
  stack = await world.stack(gatewayProgram(""));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

/** The one line with which a command failed. */
function paragraphOf(result: CommandResult): string {
  expect(result.exitCode).not.toBe(0);
  const diagnostics = result.output.slice(result.output.indexOf("\nDiagnostics:"));
  const errors = diagnostics.split("\n").filter((line) => /^\s+error: /.test(line) && !/failed to register|update failed/.test(line));
  expect(errors).toHaveLength(1);
  return (errors[0] as string).trim();
}

describe("BackendPatch before any request", () => {
  it("lists every mistake of a program with its property path", async () => {
    await stack.writeProgram(
      gatewayProgram(`
        patch("orders", {
          resourceGroupName: "a/b",
          serviceName: "1st",
          descripton: "misspelled",
          url: "",
          title: pulumi.secret("${teamKey}".repeat(20)),
          protocol: "http",
          tls: { validateCertificateChain: "yes" },
          credentials: { certificate: ["a"], certificateIds: ["b"], authorization: { scheme: "Bearer", parameter: "${teamKey}".repeat(20) } },
          proxy: "${teamKey}",
          circuitBreaker: { rules: [{ failureCondition: { count: 1, percentage: 2, statusCodeRanges: [{ min: 599, max: 200 }], interval: "1 minute" } }] },
          pool: { services: [] },
          extraProperties: { credentials: { query: {} } },
          ifMatch: "AAAA",
          onConflict: "retry",
          onDestroy: "delete",
          timeouts: { create: "soon" },
        });
      `),
    );
    const preview = await stack.preview();
    expect(preview.exitCode).not.toBe(0);
    expect(preview.requests).toEqual([]);
    const told = Object.values(toldMistakes(preview.output))
      .flat()
      .map((mistake) => mistake.split(": ")[0]);
    expect(told.sort()).toEqual(
      [
        ...["resourceGroupName", "serviceName", "descripton", "url", "title", "tls.validateCertificateChain", "proxy", "pool.services"],
        ...["credentials.authorization.parameter", "circuitBreaker.rules[0].failureCondition.interval", "ifMatch", "onConflict"],
        ...["extraProperties.credentials.query", "onDestroy", "timeouts.create", "url", "protocol", "credentials.certificate"],
        ...["circuitBreaker.rules[0].failureCondition", "circuitBreaker.rules[0].failureCondition.statusCodeRanges[0]"],
      ].sort(),
    );
    expect(preview.output).not.toContain(teamKey);
  });

  it("refuses nothing that is not known yet, and shows none of it as if it were a value", async () => {
    await stack.writeProgram(
      gatewayProgram(`
        const orders = patch("orders", { description: "ours" });
        const later = (value) => orders.etag.apply(() => value);
        patch("stock", {
          backendId: later("stock"),
          serviceName: later("apim-prod"),
          description: orders.etag,
          url: later("https://new.example.com"),
          tls: { validateCertificateChain: later(true) },
          circuitBreaker: { rules: [{ failureCondition: { count: later(1), interval: later("PT1M"), statusCodeRanges: later([{ min: 500, max: 599 }]) }, tripDuration: later("PT1M") }] },
          credentials: later({ authorization: { scheme: "Bearer", parameter: "later" } }),
          extraProperties: later({ novelty: 1 }),
          ifMatch: later("*"),
          onConflict: later("overwrite"),
          timeouts: { create: later("5m") },
        });
        patch("slow", { extraProperties: later({ novelty: 1 }) });
        reconnect("orders-gateway", { backendId: "orders", after: later("PT2M"), triggers: { etag: orders.etag, all: [orders.etag] } });
        reconnect("stock-gateway", { backendId: later("stock"), triggers: later({ some: 1 }), runOnCreate: later(true) });
      `),
    );
    const preview = succeeded(await stack.preview());
    expect(preview.requests).toEqual([]);
    expect(preview.output).toContain("stock: will patch description, url, credentials, tls.validateCertificateChain");
    expect(preview.output).toContain("of backend (not known yet) in (not known yet); nothing else of it is touched.");
    expect(preview.output).toContain("slow: will patch members that are not known yet of backend slow in apim-prod");
    expect(preview.output).not.toContain(notKnownYet);
    const up = succeeded(await stack.up());
    expect(requestsTo(up, "stock").sort()).toEqual(["GET", "PATCH", "POST/reconnect"]);
    expect(world.cloud.backend(serviceName, "stock").properties).toMatchObject({ novelty: 1, tls: { validateCertificateChain: true } });
    expect(succeeded(await stack.up()).requests).toEqual([]);
  });
});

describe("BackendPatch that meets a refusal", () => {
  it("says in one paragraph that a backend is missing, who creates it, and records nothing", async () => {
    await stack.writeProgram(gatewayProgram(`patch("nowhere", { description: "ours" });`));
    const up = await stack.up();
    expect(paragraphOf(up)).toMatch(
      /^error: \/subscriptions\/[-\w]+\/resourceGroups\/chat-platform-rg\/providers\/Microsoft\.ApiManagement\/service\/apim-prod\/backends\/nowhere does not exist \(Backend not found\. Request id: [-\w]{36}\), and a patch never creates it\. Its creation belongs to whoever owns it: azure-native\.apimanagement\.Backend, Bicep, or the portal\. If it is in this program, add it to dependsOn; else check serviceName and backendId\.$/,
    );
    expect(requestsTo(up, "nowhere")).toEqual(["GET"]);
    const state = await stack.exportState();
    expect(() => resourceNamed(state, "nowhere")).toThrow();
  });

  it("says in one paragraph that the time which customTimeouts gives is up", async () => {
    world.cloud.faults.add({ method: "GET", path: "/backends/slow", mode: "answer", status: 503, times: 1000 });
    await stack.writeProgram(
      gatewayProgram(`patch("late", { backendId: "slow", description: "ours" }, { customTimeouts: { create: "3s" } });`),
    );
    const up = await stack.up();
    expect(paragraphOf(up)).toMatch(/^error: GET …\/backends\/slow: the time is up.*503.*customTimeouts/);
    expect(up.durationMs).toBeLessThan(12_000);
    world.cloud.faults.clear();
  });

  it("says in one paragraph that the token has expired, and that nobody listens at an endpoint", async () => {
    const lone = (name: string, environment: Record<string, string>) =>
      world.stack(gatewayProgram(`patch("orders", { description: "ours" });`), { name, environment });
    const refused = await lone("refused", { PATCHBAY_RESOURCE_MANAGER_ENDPOINT: "http://127.0.0.1:9" });
    const wrong = await lone("wrong", { PATCHBAY_RESOURCE_MANAGER_ENDPOINT: `${world.cloud.url}/nothing/here` });
    const [nobody, misspelled] = await Promise.all([refused.up(), wrong.up()]);
    expect(paragraphOf(nobody)).toMatch(/GET …\/backends\/orders.*127\.0\.0\.1:9 refused the connection.*Check the network/);
    expect(paragraphOf(misspelled)).toMatch(/PATCHBAY_RESOURCE_MANAGER_ENDPOINT/);
    world.cloud.expireTokens();
    const expired = await lone("expired", {}).then((of) => of.up());
    expect(requestsTo(expired, "orders")).toEqual(["GET"]);
    expect(paragraphOf(expired)).toMatch(
      /GET …\/backends\/orders was refused: 401 \(ExpiredAuthenticationToken\)\. .*Request id: [-\w]{36}\. .*sign in again/i,
    );
    for (const { output } of [nobody, misspelled, expired]) expect(output).not.toContain(world.cloud.accessToken);
  });
});

describe("BackendPatch.get", () => {
  it("reads with an id alone or with members, in a preview too, never writes, and destroys nothing", async () => {
    const token = world.cloud.issueToken(600);
    const id = JSON.stringify(backendIdOf(world.cloud, "orders"));
    const program = (state: string) =>
      gatewayProgram(`
        const alone = BackendPatch.get("alone", ${id});
        const some = BackendPatch.get("some", ${id}, ${state});
        module.exports = { alone: alone.description, team: alone.credentials, backendId: alone.backendId, etag: alone.etag, some: some.description, title: some.title };
      `);
    const reader = await world.stack(program('{ description: "expected" }'), {
      name: "reader",
      environment: { PATCHBAY_AZURE_ACCESS_TOKEN: token },
    });
    const { properties, etag } = world.cloud.backend(serviceName, "orders");
    const preview = succeeded(await reader.preview());
    const up = succeeded(await reader.up());
    const outputs = resourceNamed(await reader.exportState(), "patchbay-test-reader").outputs;
    expect(outputs).toMatchObject({ alone: properties.description, backendId: "orders", etag, some: properties.description });
    expect(outputs?.team).toHaveProperty("ciphertext");
    await reader.writeProgram(program('{ description: "another", title: "wished" }'));
    const changed = succeeded(await reader.up());
    const refresh = succeeded(await reader.refresh());
    const destroy = succeeded(await reader.destroy());
    const sent = [preview, up, changed, refresh, destroy].map(({ requests }) => requests);
    expect(sent.map((lines) => lines.length)).toEqual([2, 2, 2, 2, 0]);
    expect(new Set(sent.flat())).toEqual(new Set(["GET …/backends/orders"]));
    expect(world.cloud.backend(serviceName, "orders")).toEqual({ properties, etag });
    expect([up, changed, refresh].filter(({ output }) => output.includes(teamKey))).toEqual([]);
    expect(reader.stateFileText()).not.toContain(teamKey);
    expect(world.cloud.failures).toEqual([]);
  });
});

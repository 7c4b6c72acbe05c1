import { bodiesTo, gatewayProgram, requestsTo, resourceNamed, serviceName, succeeded } from "./gateway";
import type { Stack } from "./stack";
import { bringLimitMs } from "./testEngine";
import { openWorld, type World } from "./world";

const member = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-prod/backends/a";
const rule = (interval: string, tripDuration: string) => ({ name: "trip", failureCondition: { count: 3, interval }, tripDuration });

/** What the service has, and the same in other words of the program. */
const spellings: Record<string, { theirs: object; ours: object }> = {
  host: { theirs: { url: "https://orders.example.com/" }, ours: { url: "https://orders.example.com" } },
  id: {
    theirs: { resourceId: `https://management.azure.com${member.toLowerCase()}` },
    ours: { resourceId: `https://management.azure.com${member}` },
  },
  pool: {
    theirs: { type: "Pool", pool: { services: [{ id: member.toLowerCase() }] } },
    ours: { pool: { services: [{ id: member, weight: null }] } },
  },
  duration: {
    theirs: { circuitBreaker: { rules: [rule("PT60M", "PT60S")] } },
    ours: { circuitBreaker: { rules: [rule("PT1H", "PT1M")] } },
  },
  absent: { theirs: { title: null }, ours: { title: null, credentials: { query: null }, proxy: null } },
  blank: { theirs: { proxy: { url: "http://proxy.example.com" } }, ours: { proxy: { url: "http://proxy.example.com", username: "" } } },
  order: { theirs: { credentials: { header: { a: ["1"], b: ["2"] } } }, ours: { credentials: { header: { b: ["2"], a: ["1"] } } } },
};
const single = { url: "https://orders.example.com/", protocol: "http", novelty: { depth: 3 } };

let world: World;
let stack: Stack;

beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addApiManagementService(serviceName);
    for (const [backendId, { theirs }] of Object.entries(spellings))
      cloud.addBackend(serviceName, backendId, { ...("pool" in theirs ? {} : single), ...JSON.parse(JSON.stringify(theirs)) });
    cloud.addBackend(serviceName, "replaced", { ...single, title: "Before", description: "by the API team" });
  });
  stack = await world.stack(gatewayProgram(""));
}, bringLimitMs);

afterAll(async () => {
  await world.close();
});

it("values that mean the same are adopted without a write, and are no drift after a refresh", async () => {
  const patches = Object.entries(spellings).map(([backendId, { ours }]) => `patch(${JSON.stringify(backendId)}, ${JSON.stringify(ours)});`);
  await stack.writeProgram(gatewayProgram(patches.join("\n")));
  const content = () => Object.fromEntries(Object.keys(spellings).map((id) => [id, world.cloud.backend(serviceName, id)]));
  const before = content();
  const up = succeeded(await stack.up());
  expect(Object.fromEntries(Object.keys(spellings).map((id) => [id, requestsTo(up, id)]))).toEqual(
    Object.fromEntries(Object.keys(spellings).map((id) => [id, ["GET"]])),
  );
  succeeded(await stack.refresh());
  const again = succeeded(await stack.up([], { keepPreview: true }));
  expect(again.requests).toEqual([]);
  expect(again.output).not.toMatch(/to update|will patch/);
  expect(content()).toEqual(before);
});

it("a backend that was replaced under the same name gets the owned members again, and nothing else of it is touched", async () => {
  await stack.writeProgram(gatewayProgram(`patch("replaced", { description: "ours", tls: { validateCertificateChain: false } }, {});`));
  succeeded(await stack.up());
  const first = resourceNamed(await stack.exportState(), "replaced").outputs?.etag;
  world.cloud.removeBackend(serviceName, "replaced");
  const anew = {
    url: "https://new.example.com/",
    protocol: "soap",
    description: "by another team",
    credentials: { header: { "x-new": ["1"] } },
  };
  world.cloud.addBackend(serviceName, "replaced", anew);

  const unseen = succeeded(await stack.up());
  expect(requestsTo(unseen, "replaced")).toEqual([]);
  const refresh = succeeded(await stack.refresh());
  expect(requestsTo(refresh, "replaced")).toEqual(["GET"]);
  const preview = succeeded(await stack.preview());
  expect(preview.output).toContain(
    'description "by another team" → "ours"; tls.validateCertificateChain (nothing) → false. Nothing else of it is touched.',
  );

  const repaired = succeeded(await stack.up());
  expect(requestsTo(repaired, "replaced")).toEqual(["GET", "PATCH"]);
  const sent = { description: "ours", tls: { validateCertificateChain: false, validateCertificateName: true } };
  expect(bodiesTo(world.cloud, "PATCH", "replaced").at(-1)).toEqual({ properties: sent });
  expect(world.cloud.backend(serviceName, "replaced").properties).toEqual({ ...anew, ...sent });
  expect(resourceNamed(await stack.exportState(), "replaced").outputs?.etag).not.toBe(first);
});

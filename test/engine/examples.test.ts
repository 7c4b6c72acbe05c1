import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { openWorld, type World } from "./world";

// Each small example runs as it stands in an ordinary project that installed the package.

const EXAMPLES = path.resolve(__dirname, "../../examples");
// Those of examples/testing are run by testing.test.ts.
const files = readdirSync(EXAMPLES).filter((file) => file.endsWith(".ts") && file !== "index.ts");

let world: World;
beforeAll(async () => {
  world = await openWorld((cloud) => {
    cloud.addCluster("cache-prod");
    const partner = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/partner-rg";
    cloud.addPrivateEndpoint("cache-prod", { privateEndpointId: `${partner}/providers/Microsoft.Network/privateEndpoints/partner-cache` });
    cloud.addApiManagementService("apim-prod");
    cloud.addBackend("apim-prod", "orders", { title: "Orders", url: "https://orders.example.com", protocol: "http" });
    cloud.addWebPubSub("chat-prod");
    cloud.addInstance({ instanceId: "r-chatsessions", regionId: "cn-hangzhou" });
  });
});
afterAll(() => world.close());

it("has an example for each operation, named after it", () => {
  const provider = path.resolve(EXAMPLES, "../provider");
  const sources = readdirSync(provider, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const names = sources.flatMap(
    (file) => /^ {2}name: "([a-z]+\/[A-Z]\w+)",$/m.exec(readFileSync(path.join(provider, file), "utf8"))?.[1] ?? [],
  );
  const examples = names.map((name) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace("/-", "-")}.ts`);
  expect(names.length).toBeGreaterThanOrEqual(5);
  expect(files.sort()).toEqual(examples.sort());
});

it.each(files)("examples/%s is previewed as it stands, without a request", async (file) => {
  const stack = await world.stack(readFileSync(path.join(EXAMPLES, file), "utf8"), { language: "typescript" });
  const preview = await stack.preview();
  expect(preview.output).toContain("2 to create");
  expect(preview.requests).toEqual([]);
});

// Those whose targets the world above has; the example of a newer operation is applied by that operation's own test.
const APPLIED = ["apimanagement-backend-patch", "apimanagement-backend-reconnect", "kvstore-direct-connection"]
  .concat("redisenterprise-private-endpoint-connection", "webpubsub-key-regeneration", "webpubsub-rotating-keys")
  .map((name) => `${name}.ts`);

it.each(APPLIED)("examples/%s is applied, needs nothing more, and is destroyed", async (file) => {
  const stack = await world.stack(readFileSync(path.join(EXAMPLES, file), "utf8"), { language: "typescript" });
  const up = await stack.up();
  expect(up.output).toContain("2 created");
  expect(up.requests).not.toEqual([]);
  const again = await stack.up();
  expect(again.output).toContain("2 unchanged");
  expect(again.requests).toEqual([]);
  expect((await stack.destroy()).exitCode).toBe(0);
});

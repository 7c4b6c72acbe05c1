// What goes wrong in a cloud, and what the program's run makes of it. Jest; in Vitest these four names are imported from "vitest".
import { type Cloud, startCloud } from "pulumi-patchbay/testing";
import { openStack } from "./stack";

let cloud: Cloud;
let opened: Awaited<ReturnType<typeof openStack>>;

beforeAll(async () => {
  cloud = await startCloud();
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", { url: "https://orders.example.com/", protocol: "http" });
  opened = await openStack(process.cwd(), cloud);
}, 60_000);

afterAll(async () => {
  await opened.close();
  await cloud.stop();
}, 60_000);

it("waits as long as a busy service asks, and sends a write once when its answer is lost", async () => {
  cloud.faults.add({ method: "PATCH", mode: "answer", status: 429, headers: { "Retry-After": "1" } });
  cloud.faults.add({ action: "reconnect", mode: "reset", apply: true });
  await expect(opened.stack.up()).rejects.toThrow("Whether the service acted is not known");
  expect(cloud.faults.unused()).toEqual([]);
  expect(cloud.requests.map(({ line, status }) => [line, status])).toEqual([
    ["GET …/backends/orders", 200],
    ["PATCH …/backends/orders", 429],
    ["PATCH …/backends/orders", 200],
    ["POST …/backends/orders/reconnect", undefined],
  ]);
}, 60_000);

it("prints no secret of the cloud", async () => {
  const printed: string[] = [];
  await opened.stack.refresh({ onOutput: (text) => printed.push(text) });
  expect(cloud.secrets.filter((secret) => printed.join("").includes(secret))).toEqual([]);
}, 60_000);

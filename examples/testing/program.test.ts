// The whole program, through the engine, against the local cloud.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Cloud, startCloud } from "pulumi-patchbay/testing";
import { openStack } from "./stack";

let cloud: Cloud;
let opened: Awaited<ReturnType<typeof openStack>>;

before(async () => {
  cloud = await startCloud();
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", { url: "https://orders.example.com/", protocol: "http", title: "Orders" });
  opened = await openStack(process.cwd(), cloud);
});

after(async () => {
  await opened.close();
  await cloud.stop();
});

test("a preview sends nothing", async () => {
  const { changeSummary } = await opened.stack.preview();
  assert.equal(changeSummary.create, 3);
  assert.deepEqual(cloud.takeRequests(), []);
});

test("the patch lands, the gateway is told, and a second run sends nothing", async () => {
  await opened.stack.up();
  assert.deepEqual(cloud.takeRequests(), ["GET …/backends/orders", "PATCH …/backends/orders", "POST …/backends/orders/reconnect"]);
  const { url, title } = cloud.backend("apim-prod", "orders").properties;
  assert.deepEqual([url, title], ["https://orders-v2.example.com/", "Orders"]);
  await opened.stack.up();
  assert.deepEqual(cloud.takeRequests(), []);
});

test("what somebody else changes is repaired, and destroy puts back what was there", async () => {
  cloud.changeBackend("apim-prod", "orders", { url: "https://somebody.example.com/", title: "Theirs" });
  await opened.stack.refresh();
  await opened.stack.up();
  assert.equal(cloud.backend("apim-prod", "orders").properties.url, "https://orders-v2.example.com/");
  await opened.stack.destroy();
  const { url, title } = cloud.backend("apim-prod", "orders").properties;
  assert.deepEqual([url, title], ["https://orders.example.com/", "Theirs"]);
});

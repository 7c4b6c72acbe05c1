import { type Cloud, startCloud } from "../cloud";
import { arm } from "../cloud/plainClient";
import { SimulatedTime } from "../support/simulatedTime";

let cloud: Cloud;
const time = new SimulatedTime(() => cloud);
const orders = "Microsoft.ApiManagement/service/gateway/backends/orders?api-version=2024-05-01";

beforeEach(async () => {
  time.start();
  cloud = await startCloud();
  cloud.addApiManagementService("gateway");
  cloud.addBackend("gateway", "orders", { url: "https://orders.example/", protocol: "http" });
});
afterEach(async () => {
  time.stop();
  await cloud.stop();
});

const read = async () => (await arm(cloud, "GET", orders)).status;

it("a machine that stands still takes no time of a run", async () => {
  const stall = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
  cloud.faults.add({ mode: "pass", times: 3, before: stall });
  const startedMs = Date.now();
  let limit: NodeJS.Timeout | undefined;
  const tooLate = new Promise((resolve) => {
    limit = setTimeout(resolve, 100, "too late");
  });
  const reads = async () => [await read(), await read(), await read()];
  expect(await time.passes(Promise.race([reads(), tooLate]))).toEqual([200, 200, 200]);
  clearTimeout(limit);
  expect(Date.now() - startedMs).toBe(0);
});

it("waits and the time that requests take add up to the millisecond", async () => {
  cloud.settings.latencyMs = 20;
  const startedMs = Date.now();
  const work = async () => {
    await Promise.all([read(), read(), read()]);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    return read();
  };
  expect(await time.passes(work())).toBe(200);
  expect(Date.now() - startedMs).toBe(60_040);
});

it("work that waits for no timer fails instead of going on for ever", async () => {
  await expect(time.passes(new Promise(() => {}))).rejects.toThrow("The work waits for something that is no timer.");
});

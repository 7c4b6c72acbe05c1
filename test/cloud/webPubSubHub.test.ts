import { RestlessClient, sendToHub } from "./hubClient";
import { type Cloud, startCloud } from "./index";
import { send } from "./plainClient";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.addWebPubSub("chat");
});
afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

describe("a hub", () => {
  it("takes a token signed with either key, until that key is another", async () => {
    const before = cloud.keys("chat");
    const statuses = () =>
      Promise.all([before.primaryConnectionString, before.secondaryConnectionString].map((each) => sendToHub(cloud.url, each)));
    expect(await statuses()).toEqual([202, 202]);
    cloud.rotateBySomebodyElse("chat", "Secondary");
    expect(await statuses()).toEqual([202, 401]);
    expect(await sendToHub(cloud.url, cloud.keys("chat").secondaryConnectionString)).toBe(202);
    cloud.rotateBySomebodyElse("chat", "Primary");
    expect(await statuses()).toEqual([401, 401]);
  });

  it("refuses a token that has ended, one for another service, and none", async () => {
    cloud.addWebPubSub("talk");
    const { primaryConnectionString, primaryKey } = cloud.keys("chat");
    expect(await sendToHub(cloud.url, primaryConnectionString, -1)).toBe(401);
    expect(await sendToHub(cloud.url, cloud.keys("talk").primaryConnectionString.replace("talk.", "chat."))).toBe(401);
    expect(await sendToHub(cloud.url, `Endpoint=https://nobody.webpubsub.azure.com;AccessKey=${primaryKey};`)).toBe(404);
    const address = `${cloud.url}/api/hubs/chat/:send`;
    expect((await send(address, "POST", { Host: "chat.webpubsub.azure.com" })).status).toBe(401);
    expect((await send(address, "POST", { Host: "chat.webpubsub.azure.com", Authorization: `Bearer ${cloud.accessToken}` })).status).toBe(
      401,
    );
  });
});

it("a restless client counts what it sends and what is refused", async () => {
  const client = new RestlessClient(cloud.url);
  client.isGiven(cloud.keys("chat").primaryConnectionString);
  await client.hasSent(3);
  expect(client.refusals).toEqual([]);
  cloud.rotateBySomebodyElse("chat", "Primary");
  await client.hasSent(3);
  expect(client.refusals.length).toBeGreaterThan(0);
  await client.stop();
  expect(new Set(client.refusals)).toEqual(new Set([401]));
});

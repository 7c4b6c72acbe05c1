import { operation } from "../../provider/redisenterprise/privateEndpointConnection";
import { type Cloud, startCloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import { HookDriver } from "../support/hookDriver";

const LIST = "GET …/redisEnterprise/cache-prod/privateEndpointConnections";
const GET = "GET …/privateEndpointConnections/partner";
const PUT = "PUT …/privateEndpointConnections/partner";
const DELETE = "DELETE …/privateEndpointConnections/partner";
const approved = { status: "Approved", description: "by the cache team" };
const byName = {
  resourceGroupName: "chat-platform-rg",
  clusterName: "cache-prod",
  privateEndpointConnectionName: "partner",
  privateLinkServiceConnectionState: approved,
};
const partnerEndpoint =
  "/subscriptions/0000000a-0000-0000-0000-00000000000b/resourceGroups/partner-rg/providers/Microsoft.Network/privateEndpoints/partner";
const byEndpoint = { ...byName, privateEndpointConnectionName: undefined, privateEndpointId: partnerEndpoint };

let cloud: Cloud;
let connection: HookDriver;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  cloud = await startCloud();
  cloud.addCluster("cache-prod");
  connection = new HookDriver(operation, cloud);
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  expect(cloud.failures).toEqual([]);
});

function partner(options: Parameters<Cloud["addPrivateEndpoint"]>[1] = {}): void {
  cloud.addPrivateEndpoint("cache-prod", { connectionName: "partner", privateEndpointId: partnerEndpoint, ...options });
}

function status(): string | undefined {
  return cloud.connection("cache-prod", "partner")?.status;
}

describe("a private endpoint connection", () => {
  it("is found by its name, set with nothing but its state, and then left alone", async () => {
    partner();
    await connection.up(byName);
    expect(cloud.takeRequests()).toEqual([GET, PUT]);
    expect(JSON.parse(cloud.requests.at(-1)?.body ?? "")).toEqual({ properties: { privateLinkServiceConnectionState: approved } });
    expect(connection.state).toMatchObject({ privateEndpointId: partnerEndpoint, provisioningState: "Succeeded" });
    expect(await connection.up(byName)).toBe("unchanged");
    await connection.destroy();
    expect(cloud.takeRequests()).toEqual([]);
    expect(status()).toBe("Approved");
  });

  it("is found by its private endpoint in any case, also late and while it is being made", async () => {
    partner({ afterPolls: 1, creatingPolls: 1 });
    await connection.up({ ...byEndpoint, privateEndpointId: partnerEndpoint.toLowerCase() });
    expect(cloud.takeRequests()).toEqual([LIST, LIST, LIST, PUT]);
    expect(connection.waits).toEqual([
      expect.stringContaining(" left, for the connection of private endpoint partner of cluster cache-prod to appear; again in 1 s"),
      expect.stringContaining(" left, for the connection of private endpoint partner of cluster cache-prod, which is Creating; again in "),
    ]);
    expect(connection.recorded?.id).toMatch(/\/privateEndpointConnections\/partner$/);
    expect(
      await connection.up({ ...byEndpoint, privateEndpointId: partnerEndpoint.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions") }),
    ).toBe("unchanged");
  });

  it("that is as wished is adopted with one request, whatever else the service says of it", async () => {
    partner({ status: "Approved", description: "by the cache team" });
    await connection.up(byName);
    expect(cloud.takeRequests()).toEqual([GET]);
    const { resourceGroupName, clusterName, privateEndpointConnectionName } = byName;
    const plain = {
      resourceGroupName,
      clusterName,
      privateEndpointConnectionName,
      privateLinkServiceConnectionState: { status: "Approved", actionsRequired: "" },
    };
    expect(await connection.up(plain)).toBe("unchanged");
    expect(cloud.takeRequests()).toEqual([]);
  });

  it("of a subscription that is not allowed is refused before any write, also when it is approved already", async () => {
    for (const now of ["Pending", "Approved"]) {
      partner({ status: now });
      await expect(connection.up({ ...byName, allowedSubscriptionIds: [cloud.identity.subscriptionId] })).rejects.toThrow(
        `The private endpoint connection partner comes from subscription 0000000a-0000-0000-0000-00000000000b (${partnerEndpoint}), which is not in allowedSubscriptionIds. Nothing was written.`,
      );
      expect(cloud.takeRequests()).toEqual([GET]);
    }
    await connection.up({ ...byName, allowedSubscriptionIds: ["0000000A-0000-0000-0000-00000000000B"] });
    expect(status()).toBe("Approved");
  });

  for (const now of ["Rejected", "Disconnected"]) {
    it(`that is ${now} is not approved: the refusal says why and the way out`, async () => {
      partner({ status: now, description: "not ours" });
      await expect(connection.up(byName)).rejects.toThrow(
        new RegExp(
          `/privateEndpointConnections/partner is ${now} \\("not ours"\\), and Azure does not let it become Approved again\\. Have the owner of the private endpoint delete and create it anew`,
        ),
      );
      expect(cloud.takeRequests()).toEqual([GET]);
    });
  }

  it("that is approved can be rejected, and one that somebody rejects afterwards is explained", async () => {
    partner();
    await connection.up(byName);
    cloud.setConnectionStatus("cache-prod", "partner", "Rejected");
    await connection.refresh();
    await expect(connection.up(byName)).rejects.toThrow("is Rejected");
    expect(connection.said.at(-1)).toContain('status "Rejected" → "Approved"');
    await connection.up({ ...byName, privateLinkServiceConnectionState: { status: "Rejected", description: "closed" } });
    expect(cloud.connection("cache-prod", "partner")).toMatchObject({ status: "Rejected", description: "closed" });
  });

  it("is what the service ends with: an operation is followed by its status, or by its provisioning state", async () => {
    for (const connectionPut of ["asyncOperation", "provisioningState"] as const) {
      for (const connectionPutStatus of [200, 201] as const) {
        Object.assign(cloud.settings, { connectionPut, connectionPutStatus });
        partner();
        const followed = new HookDriver(operation, cloud);
        await followed.up(byName);
        expect(cloud.takeRequests()).toEqual(connectionPut === "asyncOperation" ? [GET, PUT, "POLL", "POLL", GET] : [GET, PUT, GET, GET]);
        expect(followed.state).toMatchObject({ privateLinkServiceConnectionState: approved, provisioningState: "Succeeded" });
      }
    }
  });

  it("whose operation fails is an error with the service's sentence", async () => {
    Object.assign(cloud.settings, { connectionPut: "asyncOperation", operationOutcome: "Failed", operationErrorNesting: "double" });
    partner();
    await expect(connection.up(byName)).rejects.toThrow(
      /PUT …\/privateEndpointConnections\/partner was accepted and then ended as Failed \(OperationFailed\)\. The operation failed, because this emulator was told so\./,
    );
    expect(connection.recorded).toBeUndefined();
  });

  it("whose answer was lost is put again, because that ends in the same state", async () => {
    partner();
    cloud.faults.add({ method: "PUT", mode: "reset", apply: true });
    await connection.up(byName);
    expect(cloud.takeRequests()).toEqual([GET, PUT, PUT]);
    expect(status()).toBe("Approved");
  });

  it("that is there twice for one private endpoint is not guessed", async () => {
    partner();
    partner({ connectionName: "partner-2" });
    await expect(connection.up(byEndpoint)).rejects.toThrow(
      new RegExp(
        `/redisEnterprise/cache-prod has 2 connections of ${partnerEndpoint}: partner, partner-2\\. Give privateEndpointConnectionName to say which one is meant\\.`,
      ),
    );
  });

  it("of a cluster that does not exist fails at once", async () => {
    for (const wish of [byName, byEndpoint]) {
      await expect(connection.up({ ...wish, clusterName: "cache-test" })).rejects.toThrow(
        /404 \(ParentResourceNotFound\).* Request id: \S+\. /,
      );
    }
    expect(cloud.takeRequests()).toHaveLength(2);
    expect(connection.waits).toEqual([]);
  });

  it("is waited for no longer than the timeout, and the error says for what", async () => {
    await expect(connection.up({ ...byName, timeouts: { create: "20s" } })).rejects.toThrow(
      "Gave up after 20 s waiting for the connection partner of cluster cache-prod to appear. Raise the timeout (customTimeouts or the timeouts argument) if it takes longer, then run again.",
    );
    expect(cloud.takeRequests()).toEqual(Array(6).fill(GET));
    partner({ creatingPolls: 1_000 });
    await expect(connection.up({ ...byName, timeouts: { create: "20s" } })).rejects.toThrow("of cluster cache-prod, which is Creating");
  });

  it("needs exactly one of name and private endpoint, and everything wrong is said at once", async () => {
    expect(await connection.problems({ ...byName, privateEndpointId: partnerEndpoint })).toEqual([
      "privateEndpointConnectionName: exactly one of privateEndpointConnectionName and privateEndpointId must be given; both were",
    ]);
    expect(await connection.problems({ ...byEndpoint, privateEndpointId: undefined, clusterName: "a--b" })).toEqual([
      'clusterName: must be 1 to 60 letters, digits and single hyphens, with no hyphen at an end (is "a--b")',
      "privateEndpointConnectionName: exactly one of privateEndpointConnectionName and privateEndpointId must be given; neither was",
    ]);
  });
});

describe("a destroy of a private endpoint connection", () => {
  it("rejects it, and takes one that is rejected or gone for done", async () => {
    partner();
    await connection.up({ ...byName, onDestroy: "reject" });
    const kept = connection.recorded;
    cloud.takeRequests();
    await connection.destroy();
    expect(cloud.takeRequests()).toEqual([GET, PUT]);
    expect(status()).toBe("Rejected");
    connection.recorded = kept;
    await connection.destroy();
    cloud.removeConnection("cache-prod", "partner");
    connection.recorded = kept;
    await connection.destroy();
    expect(cloud.takeRequests()).toEqual([GET, GET]);
  });

  it("deletes it: 202 and polls, where a 404 means gone, and 204 for what is gone already", async () => {
    partner();
    await connection.up({ ...byName, onDestroy: "delete" });
    const kept = connection.recorded;
    cloud.takeRequests();
    cloud.faults.add({ kind: "POLL", nth: 2, mode: "answer", status: 404 });
    await connection.destroy();
    expect(cloud.takeRequests()).toEqual([DELETE, "POLL", "POLL"]);
    cloud.removeConnection("cache-prod", "partner");
    connection.recorded = kept;
    await connection.destroy();
    expect(cloud.takeRequests()).toEqual([DELETE]);
    cloud.faults.add({ method: "DELETE", mode: "answer", status: 404 });
    connection.recorded = kept;
    await connection.destroy();
  });
});

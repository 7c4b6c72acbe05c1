import fc from "fast-check";
import { readBackend } from "../../provider/apimanagement/backendSync";
import type { Answer, JsonObject, Run } from "../../provider/engine/operation";
import { isObject } from "../../provider/engine/state";
import { PatchbayError, ProviderBugError, UnexpectedAnswerError } from "../../provider/errors";
import { describeInstance, describeNetInfo, hasTls } from "../../provider/kvstore/instance";
import { type Connection, connectionOf, findConnection, readConnection } from "../../provider/redisenterprise/connections";
import { jsonObject } from "../../provider/transport/answers";
import { listKeys } from "../../provider/webpubsub/keys";
import { runs } from "../support/runs";
import { hostileJson, hostileString } from "./hostile";
import { wrongInSentence } from "./invariants";
import { type Mutation, mutated, mutation } from "./mutations";

// What an operation reads out of an answer, without the way there.

const often = runs(600);
const target = { regionId: "cn-hangzhou", instanceId: "r-chat" };
const cluster = ["subscriptions", "s", "resourceGroups", "rg", "providers", "Microsoft.Cache", "redisEnterprise", "cache-prod"];
const endpoint = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/partner";

const REAL = {
  attributes: {
    Instances: {
      DBInstanceAttribute: [{ InstanceStatus: "Normal", ArchitectureType: "cluster", EngineVersion: "5.0", NetworkType: "VPC" }],
    },
  },
  netInfo: {
    NetInfoItems: {
      InstanceNetInfo: [
        { DirectConnection: 0, ConnectionString: "r-chat.redis.rds.aliyuncs.com", Port: "6379", IPAddress: "172.16.0.1" },
        {
          DirectConnection: 1,
          ConnectionString: "chat.redis.rds.aliyuncs.com",
          Port: "6380",
          IPAddress: "172.16.0.2",
          VPCId: "vpc-1",
          VSwitchId: "vsw-1",
        },
      ],
    },
  },
  ssl: { SSLEnabled: "Disable" },
  connection: {
    id: `/${cluster.join("/")}/privateEndpointConnections/partner`,
    name: "partner",
    properties: {
      privateEndpoint: { id: endpoint },
      privateLinkServiceConnectionState: { status: "Pending", description: "d" },
      provisioningState: "Succeeded",
    },
  },
  backend: { name: "orders", properties: { title: "Orders", url: "https://orders.example.com/", protocol: "http" } },
  keys: { primaryKey: "p", secondaryKey: "s", primaryConnectionString: "pc", secondaryConnectionString: "sc" },
};

/** A real answer with damage, or any other object. */
function damaged(real: object): fc.Arbitrary<JsonObject> {
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });
  const texts = fc.oneof(
    { weight: 3, arbitrary: mutations.map((each: Mutation[]) => mutated(JSON.stringify(real), each)) },
    { weight: 1, arbitrary: hostileJson },
  );
  return texts.map(jsonObject).filter((body) => body !== undefined);
}

function answering(body: JsonObject, etag = '"AAAA"'): Run {
  const answer: Answer = { status: 200, headers: { etag }, body, requestId: "", correlationId: "" };
  return { send: async () => answer } as unknown as Run;
}

/** What a reading gives; undefined where it ends in a typed error that can be shown. */
async function readOrRefused<T>(reading: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await reading();
  } catch (error) {
    expect(error).toBeInstanceOf(PatchbayError);
    expect(error).not.toBeInstanceOf(ProviderBugError);
    expect(wrongInSentence((error as Error).message, [])).toEqual([]);
    return undefined;
  }
}

const WORD = /^[\w.: -]{0,100}$/;

describe(`an answer of R-KVStore, ${often.numRuns} cases each`, () => {
  it("gives an instance of words, none, or a typed error", () =>
    fc.assert(
      fc.asyncProperty(damaged(REAL.attributes), async (body) => {
        const instance = await readOrRefused(() => describeInstance(target, answering(body)));
        if (instance === undefined) return;
        for (const value of Object.values(instance)) expect(value).toMatch(WORD);
        expect(instance.status).not.toBe("");
      }),
      often,
    ));

  it("gives an endpoint that can be connected to, none, or a typed error", () =>
    fc.assert(
      fc.asyncProperty(damaged(REAL.netInfo), async (body) => {
        const info = await readOrRefused(() => describeNetInfo(target, answering(body)));
        if (info?.direct === undefined) return;
        const { connectionDomain, port, ...words } = info.direct;
        expect(connectionDomain).toMatch(/^[\w.-]{1,253}$/);
        expect(Number.isInteger(port) && port > 0 && port < 65_536).toBe(true);
        for (const value of Object.values(words)) expect(value).toMatch(WORD);
      }),
      often,
    ));

  it("says whether TLS is on, or ends in a typed error", () =>
    fc.assert(
      fc.asyncProperty(damaged(REAL.ssl), async (body) => {
        expect(typeof (await readOrRefused(() => hasTls(target, answering(body))))).toBe("boolean");
      }),
      often,
    ));

  it.each([
    "{}",
    '{"NetInfoItems":null}',
    '{"NetInfoItems":[]}',
    '{"NetInfoItems":{"InstanceNetInfo":{}}}',
    '{"NetInfoItems":{"InstanceNetInfo":[null]}}',
  ])("is never taken for an instance without an endpoint when it is %s", async (text) => {
    await expect(describeNetInfo(target, answering(JSON.parse(text)))).rejects.toThrow(UnexpectedAnswerError);
  });

  it.each(["{}", '{"Instances":[]}', '{"Instances":{"DBInstanceAttribute":[5]}}', '{"Instances":{"DBInstanceAttribute":[{}]}}'])(
    "is never taken for a missing instance when it is %s",
    async (text) => {
      await expect(describeInstance(target, answering(JSON.parse(text)))).rejects.toThrow(UnexpectedAnswerError);
    },
  );

  it("means the same in another case", async () => {
    const attributes = { InstanceStatus: "NORMAL", ArchitectureType: "Cluster", EngineVersion: 5.5, NetworkType: "vpc" };
    const instance = await describeInstance(target, answering({ Instances: { DBInstanceAttribute: [attributes] } }));
    expect(instance).toMatchObject({ status: "Normal", architecture: "cluster", engineVersion: "5.5" });
  });

  it("is no absence of an endpoint whose name it holds without the mark", async () => {
    const unmarked = { ConnectionString: "chat.redis.rds.aliyuncs.com", Port: "6380" };
    const body = { NetInfoItems: { InstanceNetInfo: [unmarked, { ...unmarked, DirectConnection: null }] } };
    const known = { ...target, connectionDomain: unmarked.ConnectionString };
    await expect(describeNetInfo(known, answering(body))).rejects.toThrow(UnexpectedAnswerError);
    expect((await describeNetInfo(target, answering(body))).direct).toBeUndefined();
  });

  it("holds the entry in any spelling of its mark, its port and its host name", async () => {
    for (const [DirectConnection, Port] of [
      [1, 6380],
      ["1", "6380"],
      [true, " 6380 "],
      ["True", "06380"],
    ]) {
      const entry = { DirectConnection, Port, ConnectionString: " CHAT.redis.rds.aliyuncs.com " } as JsonObject;
      const { direct } = await describeNetInfo(target, answering({ NetInfoItems: { InstanceNetInfo: [entry] } }));
      expect(direct).toMatchObject({ port: 6380, connectionDomain: "chat.redis.rds.aliyuncs.com" });
    }
  });

  it.each([
    { Port: null },
    { Port: "" },
    { Port: "63 80" },
    { Port: 6380.5 },
    { Port: true },
    { ConnectionString: "" },
    { ConnectionString: "a b" },
  ])("with %j for a direct endpoint is refused, since there is nothing to connect to", async (change) => {
    const entry = { DirectConnection: 1, Port: "6380", ConnectionString: "chat.redis.rds.aliyuncs.com", ...change } as JsonObject;
    const reading = describeNetInfo(target, answering({ NetInfoItems: { InstanceNetInfo: [entry] } }));
    await expect(reading).rejects.toThrow(UnexpectedAnswerError);
  });
});

describe(`an answer about a private endpoint connection, ${often.numRuns} cases each`, () => {
  function check(connection: Connection | undefined): void {
    if (connection === undefined) return;
    expect(connection.name).not.toBe("");
    expect(connection.state.status).toMatch(/^[A-Za-z][\w -]*$/);
    expect(connection.provisioningState).toMatch(/^[A-Za-z][\w -]*$/);
    expect(connection.privateEndpointId).toMatch(/^(\/\P{C}+)?$/u);
    for (const text of [connection.state.description, connection.state.actionsRequired])
      expect(["string", "undefined"]).toContain(typeof text);
  }

  it("gives one with a name and a status, or a typed error", () =>
    fc.assert(
      fc.asyncProperty(damaged(REAL.connection), async (body) => {
        check(await readOrRefused(() => connectionOf(body)));
      }),
      often,
    ));

  it("that was asked for by its name never changes the name, and with it where the next write goes", () =>
    fc.assert(
      fc.asyncProperty(damaged(REAL.connection), async (body) => {
        const path = [...cluster, "privateEndpointConnections", "partner"];
        const connection = await readOrRefused(() => readConnection(path, answering(body)));
        check(connection);
        expect(connection?.name.toLowerCase() ?? "partner").toBe("partner");
      }),
      often,
    ));

  it("in a list is found, or not there, or refused, whatever the others are like", () =>
    fc.assert(
      fc.asyncProperty(damaged({ value: [REAL.connection] }), hostileJson, async (body, other) => {
        check(await readOrRefused(() => findConnection(cluster, endpoint, answering(body))));
        const list = { value: [...[JSON.parse(other)].flat(), REAL.connection] };
        expect((await findConnection(cluster, endpoint, answering(list)))?.name).toBe("partner");
      }),
      often,
    ));
});

describe(`an answer about a backend or keys, ${often.numRuns} cases each`, () => {
  it("gives a backend with an ETag that can be sent back, or a typed error", () =>
    fc.assert(
      fc.asyncProperty(damaged(REAL.backend), hostileString, async (body, tag) => {
        const backend = await readOrRefused(() => readBackend([], answering(body, tag)));
        if (backend === undefined) return;
        expect(backend.etag).toMatch(/^(W\/)?"[\x21\x23-\x7e]*"$/);
        expect(isObject(backend.properties)).toBe(true);
      }),
      often,
    ));

  it("gives four keys that are filled texts, or a typed error", () =>
    fc.assert(
      fc.asyncProperty(damaged(REAL.keys), async (body) => {
        const keys = await readOrRefused(() => listKeys(["subscriptions", "s"], answering(body)));
        if (keys === undefined) return;
        expect(Object.values(keys).map((key) => typeof key === "string" && key !== "")).toEqual([true, true, true, true]);
      }),
      often,
    ));
});

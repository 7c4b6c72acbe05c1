import { createRequire } from "node:module";
import type * as grpcJs from "@grpc/grpc-js";
import { attachHost } from "../../provider/engine/host";

const script = require.resolve("@pulumi/pulumi/cmd/dynamic-provider/index.js");
const sdk = createRequire(script);
const urn = "urn:pulumi:stack::project::pulumi-nodejs:dynamic/patchbay/apimanagement:BackendPatch::orders";

interface Struct {
  toJavaScript(): Record<string, unknown>;
}
interface Request {
  setUrn(urn: string): void;
  setTimeout?(seconds: number): void;
  setProperties?(struct: Struct): void;
  setNews?(struct: Struct): void;
  setOlds?(struct: Struct): void;
  getProperties(): Struct;
  getNews(): Struct;
  getOlds(): Struct;
  serializeBinary(): Uint8Array;
}
interface RequestClass {
  new (): Request;
  deserializeBinary(bytes: Uint8Array): Request;
}
const requests = sdk("../../proto/provider_pb") as Record<string, RequestClass>;
const { Struct: StructClass } = sdk("google-protobuf/google/protobuf/struct_pb") as {
  Struct: { fromJavaScript(value: object): Struct };
};
const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js") as { Empty: { deserializeBinary(bytes: Uint8Array): unknown } };
const engineMessages = sdk("../../proto/engine_pb") as {
  LogRequest: { deserializeBinary(bytes: Uint8Array): { toObject(): Record<string, unknown> } };
  LogSeverity: Record<string, number>;
};

/** The request as the engine sends it and the SDK decodes it. */
function arrived(name: string, fill: (request: Request) => void): Request {
  const Class = requests[name] as RequestClass;
  const request = new Class();
  request.setUrn(urn);
  fill(request);
  return Class.deserializeBinary(request.serializeBinary());
}

describe("host in a provider process of the real SDK", () => {
  it.each([
    ["CheckRequest", "News", 0],
    ["DiffRequest", "News", 0],
    ["CreateRequest", "Properties", 90],
    ["ReadRequest", "Properties", 0],
    ["UpdateRequest", "News", 0.5],
    ["DeleteRequest", "Properties", 3600],
  ] as const)("knows urn and timeout of the call that the properties of a %s came with", (name, member, seconds) => {
    const host = attachHost(script, undefined);
    const request = arrived(name, (message) => {
      message[`set${member}`]?.(StructClass.fromJavaScript({ title: "Orders", nested: { list: [1] } }));
      if (seconds > 0) message.setTimeout?.(seconds);
    });
    const properties = request[`get${member}`]().toJavaScript();
    expect(properties).toEqual({ title: "Orders", nested: { list: [1] } });
    expect(host.callOf(properties)).toEqual({ urn, timeoutMs: seconds * 1000 });
    expect(host.callOf({ ...properties })).toBeUndefined();
  });

  it("leaves the olds of an update and an absent struct alone", () => {
    const host = attachHost(script, undefined);
    const request = arrived("UpdateRequest", (message) => message.setOlds?.(StructClass.fromJavaScript({ a: 1 })));
    expect(host.callOf(request.getOlds().toJavaScript())).toBeUndefined();
    expect(request.getNews()).toBeUndefined();
  });

  it("is canceled by the engine's empty request, which still decodes", () => {
    const host = attachHost(script, undefined);
    expect(host.canceled.aborted).toBe(false);
    expect(Empty.deserializeBinary(new Uint8Array())).toBeInstanceOf(Empty);
    expect(host.canceled.aborted).toBe(true);
  });

  it("writes lines to the engine's own log, and takes its answer for no cancel", async () => {
    const { received, engine, close } = await engineThatKeepsLines();
    const host = attachHost(script, engine);
    host.log("info", "waiting 5 s: the connection", urn, true);
    host.log("warning", "below the documented minimum", "", false);
    while (received.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(received).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          severity: engineMessages.LogSeverity["INFO"],
          message: "waiting 5 s: the connection",
          urn,
          ephemeral: true,
        }),
        expect.objectContaining({
          severity: engineMessages.LogSeverity["WARNING"],
          message: "below the documented minimum",
          urn: "",
          ephemeral: false,
        }),
      ]),
    );
    expect(host.canceled.aborted).toBe(false);
    close();
  });

  it("tells whether the engine is still there", async () => {
    const { engine, close } = await engineThatKeepsLines();
    const host = attachHost(script, engine);
    expect(await host.isEngineThere?.()).toBe(true);
    close();
    expect(await host.isEngineThere?.()).toBe(false);
    expect(await attachHost(script, "127.0.0.1:1").isEngineThere?.()).toBe(false);
    expect(attachHost(script, undefined).isEngineThere).toBeUndefined();
  });

  it.each([undefined, "", "no address", "http://127.0.0.1:1", "127.0.0.1:1"])(
    "says nothing and fails nowhere with the engine %p",
    (engine) => {
      const host = attachHost(script, engine);
      expect(host.log("error", "a line", urn, false)).toBeUndefined();
    },
  );
});

/** A gRPC server that answers `Engine.Log` as the engine does. */
async function engineThatKeepsLines() {
  const { Server, ServerCredentials } = sdk("@grpc/grpc-js") as typeof grpcJs;
  const received: Record<string, unknown>[] = [];
  const server = new Server();
  const method = {
    path: "/pulumirpc.Engine/Log",
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  };
  const log: grpcJs.handleUnaryCall<Buffer, Buffer> = ({ request }, answer) => {
    received.push(engineMessages.LogRequest.deserializeBinary(request).toObject());
    answer(null, Buffer.alloc(0));
  };
  server.addService({ log: method }, { log });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return { received, engine: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

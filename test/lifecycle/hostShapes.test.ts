import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { attachHost } from "../../provider/engine/host";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const REQUESTS = `
class Message {
  constructor(properties) { this.properties = properties; }
  getUrn() { return "urn:of:it"; }
  getTimeout() { return 1.5; }
  getProperties() { return { toJavaScript: () => this.properties }; }
  getNews() { return { toJavaScript: () => this.properties }; }
}`;
const EMPTY = "exports.Empty = { deserializeBinary: () => 'decoded' };";

/** The files of an SDK in a folder of its own; gives the path of its dynamic provider. */
function layOut(files: { provider?: string; engine?: string; empty?: string; grpc?: string }): string {
  const folder = mkdtempSync(path.join(tmpdir(), "patchbay-sdk-"));
  folders.push(folder);
  const write = (file: string, text: string | undefined) => {
    if (text === undefined) return;
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  write("sdk/cmd/dynamic-provider/index.js", "throw new Error('the provider must not be loaded again');");
  write("sdk/proto/provider_pb.js", files.provider);
  write("sdk/proto/engine_pb.js", files.engine);
  write("node_modules/google-protobuf/google/protobuf/empty_pb.js", files.empty);
  write("node_modules/@grpc/grpc-js/index.js", files.grpc);
  return path.join(folder, "sdk/cmd/dynamic-provider/index.js");
}

interface FakeMessage {
  getNews(): { toJavaScript(): object } | undefined;
}
interface FakeProtocol {
  CheckRequest: new (properties: unknown) => FakeMessage;
}

function protocolOf(script: string): FakeProtocol {
  return createRequire(script)("../../proto/provider_pb") as FakeProtocol;
}

function decodeEmpty(script: string): unknown {
  return createRequire(script)("google-protobuf/google/protobuf/empty_pb.js").Empty.deserializeBinary(new Uint8Array());
}

describe("host over another SDK shape", () => {
  it("knows call and cancel where the classes have the shape it knows", () => {
    const script = layOut({ provider: `${REQUESTS} exports.CheckRequest = class extends Message {};`, empty: EMPTY });
    const host = attachHost(script, "127.0.0.1:1");
    const properties = new (protocolOf(script).CheckRequest)({ title: "t" }).getNews()?.toJavaScript() as object;
    expect(host.callOf(properties)).toEqual({ urn: "urn:of:it", timeoutMs: 1500 });
    expect(decodeEmpty(script)).toBe("decoded");
    expect(host.canceled.aborted).toBe(true);
  });

  it("finds the SDK through a link and by its folder", () => {
    const script = layOut({ provider: `${REQUESTS} exports.CheckRequest = class extends Message {};`, empty: EMPTY });
    const elsewhere = mkdtempSync(path.join(tmpdir(), "patchbay-link-"));
    folders.push(elsewhere);
    symlinkSync(path.join(path.dirname(script), "../.."), path.join(elsewhere, "sdk"));
    const linked = attachHost(path.join(elsewhere, "sdk/cmd/dynamic-provider"), undefined);
    decodeEmpty(script);
    expect(linked.canceled.aborted).toBe(true);
  });

  it("has its urn also where the SDK has no Empty", () => {
    const script = layOut({ provider: `${REQUESTS} exports.CheckRequest = class extends Message {};` });
    const host = attachHost(script, undefined);
    const properties = new (protocolOf(script).CheckRequest)({ title: "t" }).getNews()?.toJavaScript() as object;
    expect(host.callOf(properties)?.urn).toBe("urn:of:it");
  });

  it("sees the cancel also where the SDK has other requests", () => {
    const script = layOut({ provider: "throw new Error('moved');", empty: EMPTY });
    const host = attachHost(script, undefined);
    decodeEmpty(script);
    expect(host.canceled.aborted).toBe(true);
  });

  it.each([
    ["no file at all", {}],
    ["no classes", { provider: "", engine: "", empty: "", grpc: "" }],
    [
      "classes that throw when they are looked at",
      {
        provider: "Object.defineProperty(exports, 'CheckRequest', { get() { throw new Error('hidden'); } });",
        empty: "Object.defineProperty(exports, 'Empty', { get() { throw new Error('hidden'); } });",
        engine: "Object.defineProperty(exports, 'LogRequest', { get() { throw new Error('hidden'); } });",
        grpc: "exports.Client = class { constructor() { throw new Error('hidden'); } }; exports.credentials = {};",
      },
    ],
    [
      "another kind of class",
      {
        provider: "exports.CheckRequest = 1; exports.DiffRequest = null;",
        empty: "exports.Empty = {};",
        engine: "exports.LogSeverity = {};",
      },
    ],
    [
      "a client that throws",
      {
        provider: "",
        empty: EMPTY,
        engine: "exports.LogSeverity = {}; exports.LogRequest = class {};",
        grpc: "exports.Client = class { makeUnaryRequest() { throw new Error('closed'); } }; exports.credentials = { createInsecure() {} };",
      },
    ],
  ])("is silent with %s", (_shape, files) => {
    const host = attachHost(layOut(files), "127.0.0.1:1");
    expect(host.callOf({})).toBeUndefined();
    expect(host.log("info", "a line", "", true)).toBeUndefined();
    expect(host.canceled.aborted).toBe(false);
  });

  it.each([
    ["a getter without a struct", "exports.CheckRequest = class { getNews() {} };", undefined],
    [
      "a message whose getters throw",
      "exports.CheckRequest = class { getUrn() { throw new Error(); } getNews() { return { toJavaScript: () => ({ a: 1 }) }; } };",
      { a: 1 },
    ],
    [
      "a message without urn and timeout",
      "exports.CheckRequest = class { getNews() { return { toJavaScript: () => ({ a: 1 }) }; } };",
      { a: 1 },
    ],
    [
      "a frozen struct",
      "exports.CheckRequest = class { getNews() { return Object.freeze({ toJavaScript: () => ({ a: 1 }) }); } };",
      { a: 1 },
    ],
    ["a struct that gives no object", "exports.CheckRequest = class { getNews() { return { toJavaScript: () => 'text' }; } };", "text"],
  ])("hands the properties on from %s", (_shape, provider, expected) => {
    const script = layOut({ provider, empty: EMPTY });
    attachHost(script, undefined);
    expect(new (protocolOf(script).CheckRequest)(undefined).getNews()?.toJavaScript()).toEqual(expected);
  });

  it.each([undefined, "", "relative/dynamic-provider", "/nowhere/dynamic-provider", "/usr/bin/jest", "\0dynamic-provider"])(
    "is silent in a process that %p started",
    (script) => {
      const host = attachHost(script, "127.0.0.1:1");
      expect(host.callOf({})).toBeUndefined();
      expect(host.log("info", "a line", "", true)).toBeUndefined();
      expect(host.canceled.aborted).toBe(false);
    },
  );
});

import { createRequire } from "node:module";
import type * as grpcJs from "@grpc/grpc-js";

// What the Pulumi SDK drops on the way from the engine to a dynamic provider: the resource's urn, the effective
// timeout, and the engine's cancel. Each is found by wrapping request classes of the SDK copy
// that runs this process (measured with 3.216.0 and 3.270.0). Where a class has another shape the layer is silent and
// everything else goes on without it.

/** What the engine's request said about the call whose properties were handed to a hook. */
export interface EngineCall {
  readonly urn: string;
  /** Zero when the engine named none. */
  readonly timeoutMs: number;
}

export type Severity = "debug" | "info" | "warning" | "error";

export interface Host {
  /** The call that these properties came with; undefined for the first call of a process that is a read or delete. */
  callOf(properties: object): EngineCall | undefined;
  /** A line under the resource; an ephemeral one shows on its row only while it works. */
  log(severity: Severity, message: string, urn: string, ephemeral: boolean): void;
  /** Resolves when the engine has all lines so far, or cannot have them any more. */
  heard?(): Promise<unknown>;
  /** Whether the engine still answers; absent where that cannot be asked. */
  isEngineThere?(): Promise<boolean>;
  /** Aborted when the engine cancels. */
  readonly canceled: AbortSignal;
}

interface Message {
  getUrn?(): string;
  getTimeout?(): number;
}
interface Struct {
  toJavaScript(): object;
}
type Getter = (this: Message) => Struct | undefined;
type SdkRequire = (module: string) => Record<string, unknown>;

const REQUEST_GETTERS = ["getProperties", "getNews"] as const;
const REQUESTS = ["CheckRequest", "DiffRequest", "CreateRequest", "ReadRequest", "UpdateRequest", "DeleteRequest"] as const;

/** Attaches to the process that `script` (process.argv[1]) started; `engine` is the address of the engine's own service. */
export function attachHost(script: string | undefined, engine: string | undefined): Host {
  const calls = new WeakMap<object, EngineCall>();
  const cancel = new AbortController();
  let engineService: EngineService | undefined;
  // They go one behind the other over one connection.
  let last: Promise<unknown> = Promise.resolve();
  const sdk = quietly(() => sdkOf(script));
  if (sdk !== undefined) {
    quietly(() => recordCalls(sdk("../../proto/provider_pb"), calls));
    quietly(() => seeCancel(sdk, cancel));
    engineService = quietly(() => openEngineService(sdk, engine));
  }
  return {
    callOf: (properties) => calls.get(properties),
    log: (...line) => {
      last = quietly(() => engineService?.log(...line)) ?? last;
    },
    heard: async () => last,
    isEngineThere: engineService && (() => (engineService as EngineService).log("debug", "the run has ended", "", true)),
    canceled: cancel.signal,
  };
}

/** Another SDK shape: no urn, no cancel, no progress; the operations themselves do not depend on any of it. */
function quietly<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}

/** Loads what this process runs with: from the file that runs, since a link to it or its folder may have other neighbours. */
function sdkOf(script: string | undefined): SdkRequire | undefined {
  if (script === undefined || !/dynamic-provider/.test(script)) return undefined;
  return createRequire(createRequire(script).resolve(script)) as SdkRequire;
}

function recordCalls(protocol: Record<string, unknown>, calls: WeakMap<object, EngineCall>): void {
  for (const name of REQUESTS) {
    const prototype = (protocol[name] as { prototype?: Record<string, unknown> } | undefined)?.prototype;
    for (const getter of prototype === undefined ? [] : REQUEST_GETTERS) {
      const original = prototype?.[getter] as Getter | undefined;
      if (prototype === undefined || typeof original !== "function") continue;
      prototype[getter] = function (this: Message) {
        const struct = original.call(this);
        quietly(() => recordProperties(struct, this, calls));
        return struct;
      };
    }
  }
}

function recordProperties(struct: Struct | undefined, message: Message, calls: WeakMap<object, EngineCall>): void {
  const toJavaScript = struct?.toJavaScript;
  if (struct === undefined || toJavaScript === undefined) return;
  struct.toJavaScript = () => {
    const properties = toJavaScript.call(struct);
    quietly(() => {
      const timeoutMs = Math.round((message.getTimeout?.() ?? 0) * 1000);
      calls.set(properties, { urn: message.getUrn?.() ?? "", timeoutMs });
    });
    return properties;
  };
}

/**
 * Cancel is a request without content, so its only trace is the decoding of an `Empty`; the SDK answers it and tells
 * nobody. GetPluginInfo has an empty request too, but comes before any provider text is loaded.
 */
function seeCancel(sdk: SdkRequire, cancel: AbortController): void {
  const empty = sdk("google-protobuf/google/protobuf/empty_pb.js").Empty as { deserializeBinary(bytes: Uint8Array): unknown };
  const decode = empty.deserializeBinary;
  if (typeof decode !== "function") return;
  empty.deserializeBinary = function (bytes: Uint8Array) {
    cancel.abort();
    return decode.call(this, bytes);
  };
}

interface EngineService {
  /** Whether the engine took the line. */
  log(...line: Parameters<Host["log"]>): Promise<boolean>;
}

/** @param engine host and port; anything else is no address of an engine */
function openEngineService(sdk: SdkRequire, engine: string | undefined): EngineService | undefined {
  if (engine === undefined || !/^[\w.[\]:-]+:\d+$/.test(engine)) return undefined;
  const { Client, credentials } = sdk("@grpc/grpc-js") as unknown as typeof grpcJs;
  const { LogRequest, LogSeverity } = sdk("../../proto/engine_pb") as unknown as EngineProtocol;
  const severities: Record<Severity, number> = {
    debug: LogSeverity.DEBUG,
    info: LogSeverity.INFO,
    warning: LogSeverity.WARNING,
    error: LogSeverity.ERROR,
  };
  let client: grpcJs.Client | undefined;
  const log: EngineService["log"] = (severity, message, urn, ephemeral) => {
    client ??= new Client(engine, credentials.createInsecure());
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    // A decoder of its own: the answer is an `Empty`, which must not look like the engine's cancel.
    const encode = (value: EngineLogRequest) => Buffer.from(value.serializeBinary());
    const connected = client;
    return new Promise((resolve) => {
      const deadline = Date.now() + 5_000;
      connected.makeUnaryRequest(
        "/pulumirpc.Engine/Log",
        encode,
        () => ({}),
        request,
        { deadline },
        (error) => resolve(error === null),
      );
    });
  };
  return { log };
}

interface EngineLogRequest {
  setSeverity(value: number): void;
  setMessage(value: string): void;
  setUrn(value: string): void;
  setEphemeral(value: boolean): void;
  serializeBinary(): Uint8Array;
}
interface EngineProtocol {
  LogRequest: new () => EngineLogRequest;
  LogSeverity: Record<"DEBUG" | "INFO" | "WARNING" | "ERROR", number>;
}

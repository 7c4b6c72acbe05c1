import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import type * as grpcJs from "@grpc/grpc-js";

// What the engine does with a new provider process: it reads the port from its first line, configures it, and asks its
// first check. The messages are the SDK's own.

interface Message {
  [setter: string]: (value: unknown) => void;
}
interface Protocol {
  readonly [message: string]: new () => Message;
}
interface Client {
  configure(request: Message, done: (error: Error | null) => void): void;
  check(request: Message, done: (error: Error | null, response: { getInputs(): unknown }) => void): void;
  close(): void;
}

export interface FirstCheck {
  /** From the start of the process to its port: Node and the SDK. */
  readonly portMs: number;
  /** From the port to the answer. */
  readonly answerMs: number;
}

/**
 * @param directory of a program, with node_modules
 * @param inputs of the resource, with `__provider`
 */
export async function firstCheck(directory: string, inputs: Record<string, unknown>, environment: NodeJS.ProcessEnv): Promise<FirstCheck> {
  const sdk = createRequire(path.join(directory, "index.js"));
  const { credentials } = createRequire(sdk.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as typeof grpcJs;
  const protocol = sdk("@pulumi/pulumi/proto/provider_pb") as Protocol;
  const { ResourceProviderClient } = sdk("@pulumi/pulumi/proto/provider_grpc_pb") as {
    ResourceProviderClient: new (address: string, credentials: grpcJs.ChannelCredentials) => Client;
  };
  const { Struct } = createRequire(sdk.resolve("@pulumi/pulumi"))("google-protobuf/google/protobuf/struct_pb.js") as {
    Struct: { fromJavaScript(value: object): unknown };
  };
  const startedMs = performance.now();
  // Nobody listens there: what the provider would tell the engine is lost, and nothing waits for it.
  const child = spawn(process.execPath, [sdk.resolve("@pulumi/pulumi/cmd/dynamic-provider"), "127.0.0.1:1"], {
    cwd: directory,
    env: environment,
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
      child.once("exit", (code) => reject(new Error(`The provider ended with ${code} before it had a port.`)));
    });
    const portMs = performance.now() - startedMs;
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const configure = new (protocol["ConfigureRequest"] as new () => Message)();
    const check = new (protocol["CheckRequest"] as new () => Message)();
    set(configure, "setArgs", Struct.fromJavaScript({}));
    set(check, "setUrn", "urn:pulumi:test::test::pulumi-nodejs:dynamic/patchbay/apimanagement:BackendPatch::orders");
    set(check, "setOlds", Struct.fromJavaScript({}));
    set(check, "setNews", Struct.fromJavaScript(inputs));
    const askedMs = performance.now();
    await new Promise<void>((resolve, reject) => client.configure(configure, (error) => (error === null ? resolve() : reject(error))));
    await new Promise<void>((resolve, reject) => client.check(check, (error) => (error === null ? resolve() : reject(error))));
    const answerMs = performance.now() - askedMs;
    client.close();
    return { portMs, answerMs };
  } finally {
    child.kill();
  }
}

function set(message: Message, setter: string, value: unknown): void {
  message[setter]?.(value);
}

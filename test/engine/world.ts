import { type Cloud, startCloud } from "../cloud";
import { foreignProject } from "./project";
import { createStack, type Stack, type StackOptions } from "./stack";
import { testEngine } from "./testEngine";

/** A real engine, the packed package in a foreign project, and a cloud of one's own. */
export interface World {
  readonly cloud: Cloud;
  /** A stack whose commands report what the cloud received. JavaScript, which saves the transpiling. */
  stack(program: string, options?: Partial<StackOptions>): Promise<Stack>;
  /** Ends it, and fails when a secret of the cloud was printed by any command or stands in any state. */
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Version of @pulumi/pulumi in the project. @default the newest supported */
  pulumiVersion?: string;
  /** The cloud's own log. @default none */
  httpLog?: string;
}

export async function openWorld(prepare: (cloud: Cloud) => void, options: WorldOptions = {}): Promise<World> {
  const engine = await testEngine();
  const projectDirectory = await foreignProject({ pulumiVersion: options.pulumiVersion });
  const cloud = await startCloud({ httpLog: options.httpLog });
  const stacks: Stack[] = [];
  prepare(cloud);
  return {
    cloud,
    stack: async (program, stackOptions = {}) => {
      const takeRequests = () => cloud.takeRequests();
      const environment = { ...cloud.environment, ...stackOptions.environment };
      const stack = await createStack({
        engine,
        projectDirectory,
        program,
        language: "javascript",
        takeRequests,
        ...stackOptions,
        environment,
      });
      stacks.push(stack);
      return stack;
    },
    close: async () => {
      const shown = stacks.map((stack) => stack.everythingShown()).join("\n");
      const leaks = [...new Set(cloud.secrets)].filter((secret) => shown.includes(secret)).length;
      for (const stack of stacks) await stack.dispose();
      await cloud.stop();
      if (leaks > 0) throw new Error(`${leaks} secret(s) of the cloud stand in what the commands printed or in the state.`);
      if (cloud.failures.length > 0) throw new Error(`The local cloud had ${cloud.failures.length} mistake(s) of its own.`);
    },
  };
}

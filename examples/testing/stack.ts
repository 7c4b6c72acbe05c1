// The program of a folder as a stack of its own: the real engine, a state in a temporary folder, no account.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import type { Cloud } from "pulumi-patchbay/testing";

export async function openStack(workDir: string, cloud: Cloud): Promise<{ stack: Stack; close(): Promise<void> }> {
  const state = await mkdtemp(path.join(tmpdir(), "state-"));
  const envVars = { ...cloud.environment, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "" };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "test", workDir }, { envVars });
  const close = async () => {
    // Pulumi.test.yaml goes with it.
    await stack.workspace.removeStack("test", { force: true });
    await rm(state, { recursive: true });
  };
  return { stack, close };
}

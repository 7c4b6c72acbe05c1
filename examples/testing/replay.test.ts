// The recording of a report, replayed: the resources of the report under the names that the recording has.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { BackendPatch, BackendReconnect } from "pulumi-patchbay/apimanagement";
import { startReplay } from "pulumi-patchbay/testing";

const program = async () => {
  const backend = { resourceGroupName: "name0001", serviceName: "name0002", backendId: "name0003" };
  const orders = new BackendPatch("orders", { ...backend, url: "https://name0007.name0005.name0006/" });
  new BackendReconnect("gateway", { ...backend, triggers: { url: orders.url } });
};

test("the run of the report", async () => {
  const replay = await startReplay("bug.jsonl");
  const state = mkdtempSync(path.join(tmpdir(), "state-"));
  const envVars = { ...replay.environment, PULUMI_BACKEND_URL: `file://${state}`, PULUMI_CONFIG_PASSPHRASE: "" };
  // The provider looks for the package in the folder of the stack.
  const where = { envVars, workDir: process.cwd() };
  const stack = await LocalWorkspace.createOrSelectStack({ stackName: "replay", projectName: "report", program }, where);
  try {
    await stack.up();
    assert.deepEqual(replay.unexpected, []);
    assert.deepEqual(replay.unused(), []);
  } finally {
    await stack.workspace.removeStack("replay", { force: true });
    await replay.stop();
    rmSync(state, { recursive: true });
  }
});

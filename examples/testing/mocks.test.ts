// The program alone: no engine, no cloud, nothing is sent.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";

const made: pulumi.runtime.MockResourceArgs[] = [];
before(() =>
  pulumi.runtime.setMocks({
    newResource: (resource) => {
      made.push(resource);
      return { id: `${resource.name}-id`, state: { ...resource.inputs, lastRun: { at: "2026-11-01T00:00:00Z" } } };
    },
    call: ({ inputs }) => inputs,
  }),
);

test("the gateway is told about the address that is patched", async () => {
  const { toldAt } = await import("./index.js");
  await new Promise((resolve) => toldAt.apply(resolve));
  const [orders, gateway] = made;
  assert.equal(orders?.type, "pulumi-nodejs:dynamic/patchbay/apimanagement:BackendPatch");
  assert.equal(orders?.inputs.onDestroy, "restore");
  assert.deepEqual(gateway?.inputs.triggers, { url: orders?.inputs.url });
});

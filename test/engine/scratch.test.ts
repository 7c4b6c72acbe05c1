import { readFileSync } from "node:fs";
import { startCloud } from "../cloud";
import { bringEngine } from "./bring";
import { foreignProject } from "./project";
import { createStack } from "./stack";

it("story", async () => {
  const engine = await bringEngine({ progress: () => {} });
  const projectDirectory = await foreignProject({});
  const cloud = await startCloud();
  cloud.addCluster("cache-prod");
  const { privateEndpointId } = cloud.addPrivateEndpoint("cache-prod", { afterPolls: 1 });
  cloud.addApiManagementService("apim-prod");
  cloud.addBackend("apim-prod", "orders", {
    title: "Orders",
    url: "https://old.example.com/",
    protocol: "http",
    description: "by the API team",
    credentials: { header: { "x-team": ["api"] } },
  });
  cloud.addWebPubSub("chat-prod");
  cloud.settings.regenerateKey = "202";
  cloud.addInstance({ instanceId: "r-chatsessions" });
  const stack = await createStack({
    engine,
    projectDirectory,
    program: readFileSync("examples/index.ts", "utf8"),
    environment: cloud.environment,
    takeRequests: () => cloud.takeRequests(),
    config: { cachePrivateEndpointId: privateEndpointId, ordersToken: { secret: "tok-" + Math.random() } },
    limitMs: 110_000,
  });
  const show = async (
    what: string,
    result: Promise<{ output: string; requests: string[]; exitCode: number; durationMs: number }>,
  ) => {
    const r = await result;
    process.stdout.write(
      `\n##### ${what}: exit ${r.exitCode} in ${r.durationMs} ms\n${r.output}\n${r.requests.map((l) => `   > ${l}`).join("\n")}\n`,
    );
  };
  try {
    await show("preview", stack.preview());
    await show("up", stack.up());
    await show("up again", stack.up());
    await stack.setConfig("month", "2026-12");
    await stack.setConfig("ordersUrl", "https://orders-v2.example.com/");
    await show("preview change", stack.preview());
    await show("up change", stack.up());
    cloud.changeBackend("apim-prod", "orders", {
      tls: { validateCertificateChain: false, validateCertificateName: true },
      description: "foreign",
    });
    await show("refresh", stack.refresh());
    await show("preview after drift", stack.preview(["--diff"]));
    await show("up after drift", stack.up());
    process.stdout.write(JSON.stringify((await stack.exportState()).deployment.resources, null, 1));
    await show("destroy", stack.destroy());
    process.stdout.write(JSON.stringify(cloud.backend("apim-prod", "orders"), null, 1));
  } finally {
    await stack.dispose();
    await cloud.stop();
  }
}, 600_000);

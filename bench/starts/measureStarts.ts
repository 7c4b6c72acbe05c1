import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { interleaved } from "../measure/interleaved";
import { providerFiles } from "../runs/programs";
import { type FirstCheck, firstCheck } from "./firstCheck";
import { entryPoints, type Load, loadOf } from "./loads";

export interface StartResults {
  readonly loads: Record<string, Load[]>;
  readonly firstChecks: Record<"floor" | "ours", FirstCheck[]>;
}

const inputs = {
  ...{ resourceGroupName: "chat-platform-rg", serviceName: "apim-0", backendId: "orders-0" },
  ...{ title: "Orders", url: "https://orders.example/", description: "first", subscriptionId: "00000000-0000-0000-0000-000000000001" },
};
const texts = {
  floor: `("./bareProvider.js")`,
  ours: `("pulumi-patchbay/runtime").provider("apimanagement/BackendPatch")`,
};

export async function measureStarts(projectDirectory: string, repetitions: number): Promise<StartResults> {
  const loads = await interleaved(entryPoints, repetitions, (entryPoint) => loadOf(entryPoint, projectDirectory));
  const directory = await mkdtemp(path.join(tmpdir(), "patchbay-bench-"));
  try {
    await symlink(path.join(projectDirectory, "node_modules"), path.join(directory, "node_modules"), "junction");
    await writeFile(path.join(directory, "bareProvider.js"), providerFiles["bareProvider.js"]);
    const firstChecks = await interleaved(["floor", "ours"] as const, repetitions, (arm) => {
      const text = `exports.handler=()=>require("node:module").createRequire(process.cwd()+"/")${texts[arm]}`;
      return firstCheck(directory, { ...inputs, __provider: text }, process.env);
    });
    return { loads, firstChecks };
  } finally {
    await rm(directory, { recursive: true });
  }
}

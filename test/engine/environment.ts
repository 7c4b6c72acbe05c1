// Azure, Alibaba Cloud, Pulumi and this package read these: a developer's own login must not leak into a test.
const accountPrefixes = ["ARM_", "AZURE_", "ALICLOUD_", "ALIBABA_", "PULUMI_", "PATCHBAY_", "ACTIONS_ID_TOKEN_", "IDENTITY_", "MSI_"];

// Set by npm and jest for their own children. npm_config_local_prefix would send a nested `npm install` to this repository.
const runnerPrefixes = ["npm_lifecycle_", "npm_package_", "npm_config_local_prefix", "INIT_CWD", "JEST_", "NODE_ENV", "NODE_OPTIONS"];

export type Environment = Record<string, string>;

/** The environment of a command that must not know who runs it: no cloud or Pulumi account, no test runner. */
export function isolatedEnvironment(inherited: NodeJS.ProcessEnv = process.env, platform = process.platform): Environment {
  const environment: Environment = {};
  for (const [name, value] of Object.entries(inherited)) {
    const isLeft = [...accountPrefixes, ...runnerPrefixes].some((prefix) => name.startsWith(prefix));
    // Windows calls it Path, and of a copy only process.env itself would find it by another spelling.
    const spelled = platform === "win32" && name.toUpperCase() === "PATH" ? "PATH" : name;
    if (value !== undefined && !isLeft) environment[spelled] = value;
  }
  // The emulators listen on loopback, which no proxy can reach.
  const direct = [environment.NO_PROXY ?? environment.no_proxy, "localhost,127.0.0.1"].filter(Boolean).join(",");
  return { ...environment, NO_PROXY: direct, no_proxy: direct };
}

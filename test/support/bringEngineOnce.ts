import { foreignProject } from "../engine/project";
import { testEngine } from "../engine/testEngine";

interface Selection {
  readonly testPathPatterns?: { readonly patterns?: readonly string[] };
}

/**
 * Brings the engine and the project before the first test, so that no test's own limit has to hold a build of six
 * minutes. A run of chosen tests that need no engine starts without it.
 */
export default async function bringEngineOnce({ testPathPatterns }: Selection): Promise<void> {
  const patterns = testPathPatterns?.patterns ?? [];
  if (patterns.length > 0 && !patterns.some((pattern) => pattern.includes("test/engine"))) return;
  await testEngine();
  await foreignProject({});
}

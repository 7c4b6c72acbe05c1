import type { Cloud } from "../cloud";
import type { CommandResult, Stack, StateResource } from "./stack";

/** A command that has ended, after its output and the state behind it were searched for every secret that the cloud knows. */
export async function clean(cloud: Cloud, stack: Stack, command: Promise<CommandResult>): Promise<CommandResult> {
  const result = await command;
  const state = stack.stateFileText();
  for (const secret of cloud.secrets) {
    // Not by expect(): its message would print the secret.
    if (result.output.includes(secret)) throw new Error(`The output has a secret of ${secret.length} characters.`);
    if (state.includes(secret)) throw new Error(`The state has a secret of ${secret.length} characters as plain text.`);
  }
  return result;
}

/** The resource of this name in the state. */
export async function stateOf(stack: Stack, name: string): Promise<StateResource> {
  const { deployment } = await stack.exportState();
  const found = deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`The state has no resource ${name}.`);
  return found;
}

export async function isInState(stack: Stack, name: string): Promise<boolean> {
  const { deployment } = await stack.exportState();
  return deployment.resources?.some(({ urn }) => urn.endsWith(`::${name}`)) ?? false;
}

export async function pendingOperations(stack: Stack): Promise<number> {
  const { deployment } = await stack.exportState();
  return deployment.pending_operations?.length ?? 0;
}

/** What a resource costs in a back end: its names, inputs and outputs as JSON. */
export function stateBytes({ inputs, outputs, id, urn }: StateResource): number {
  return Buffer.byteLength(JSON.stringify({ inputs, outputs, id, urn }));
}

/** The one line of the output that has this text; empty when there is none. */
export function lineWith(result: CommandResult, text: string): string {
  return (
    result.output
      .split("\n")
      .find((line) => line.includes(text))
      ?.trim() ?? ""
  );
}

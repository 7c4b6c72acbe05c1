import { armPath, armPathOf, changedTarget } from "../engine/armId";
import { type AzureArguments, subscriptionFor } from "../engine/azureArguments";
import { limits } from "../engine/limits";
import type { Run, Settings, Zod } from "../engine/operation";

/** What every operation on the keys of a Web PubSub service takes. */
export interface WebPubSubArguments extends AzureArguments {
  /** Web PubSub service: 3 to 63 letters, digits and hyphens, the first a letter, the last no hyphen. */
  resourceName: string;
  /**
   * Whether keys and connection strings become outputs (always secret), or nothing but their fingerprints. With
   * `fingerprint` no key ever reaches state.
   * @default "secret"
   */
  keys?: "secret" | "fingerprint";
}

/** The schema of `resourceName`. */
export function resourceNameSchema(zod: Zod) {
  const resourceName = /^[a-zA-Z][a-zA-Z0-9-]{1,61}[a-zA-Z0-9]$/;
  return limits(zod).form(resourceName, "3 to 63 letters, digits and hyphens, the first a letter, the last no hyphen");
}

/** The schema of `keys`. */
export function keysSchema(zod: Zod) {
  return limits(zod).oneOf("secret", "fingerprint").optional();
}

/** The path of the service that the arguments name. */
export function servicePath(given: WebPubSubArguments, run: Run): string[] {
  const type = ["Microsoft.SignalRService", "webPubSub", given.resourceName];
  return armPath(subscriptionFor(given, run), given.resourceGroupName, type);
}

/** The path of the service that an id below it stands for. */
export function serviceOf(id: string): string[] {
  return armPathOf(id).slice(0, 8);
}

/** The arguments that an id names. */
export function serviceNames(id: string): Pick<WebPubSubArguments, "resourceGroupName" | "resourceName"> {
  const path = serviceOf(id);
  return { resourceGroupName: path[3] ?? "", resourceName: path[7] ?? "" };
}

/** Which of the arguments that name the service differ from an id in state. */
export function changedService(id: string, given: WebPubSubArguments, settings: Settings): string[] {
  return changedTarget(id, given, settings, { resourceName: 7 });
}

import { PreconditionError } from "../errors";
import { goDurationMs } from "./durations";
import { limits } from "./limits";
import type { Run, Zod } from "./operation";
import type { Timeouts } from "./resource";

/** What every Azure operation takes. */
export interface AzureArguments {
  /**
   * Subscription of the resource.
   * @default `patchbay:subscriptionId`, `azure-native:subscriptionId`, `ARM_SUBSCRIPTION_ID` or `AZURE_SUBSCRIPTION_ID`
   */
  subscriptionId?: string;
  /** Resource group of the resource: 1 to 90 letters, digits, underscores, hyphens, periods and parentheses. */
  resourceGroupName: string;
  /** How long each step may take: for each a duration above zero, such as "90s", "30m" or "1h30m". */
  timeouts?: Timeouts;
}

/** The schema of {@link Timeouts}, for every operation. */
export function timeoutsSchema(zod: Zod) {
  const words = 'a duration above zero, such as "90s", "30m" or "1h30m"';
  const duration = zod
    .string()
    .refine((text) => (goDurationMs(text) ?? 0) > 0, `must be ${words}`)
    .describe(words);
  return zod.strictObject({ create: duration, update: duration, delete: duration, read: duration }).partial().optional();
}

/** The schema of {@link AzureArguments}. */
export function azureArguments(zod: Zod) {
  const { filled, name } = limits(zod);
  return {
    subscriptionId: filled().optional(),
    // The contract's \w is that of .NET: letters and digits of any script.
    resourceGroupName: name(1, 90, /^[-\p{L}\p{Nd}_.()]+$/u, "letters, digits, underscores, hyphens, periods and parentheses"),
    timeouts: timeoutsSchema(zod),
  };
}

/** The subscription to work in at create; check has refused its absence already. */
export function subscriptionFor(given: { subscriptionId?: string }, run: Run): string {
  const subscriptionId = given.subscriptionId ?? run.settings.subscriptionId();
  if (subscriptionId !== undefined) return subscriptionId;
  throw new PreconditionError(
    `No subscription is given or configured (looked for ${run.settings.lookedFor("subscriptionId").join(", ")}).`,
  );
}

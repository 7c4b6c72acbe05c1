import { z } from "zod";
import { operation as backendPatch } from "../../provider/apimanagement/backendPatch";
import { operation as backendReconnect } from "../../provider/apimanagement/backendReconnect";
import type { Operation } from "../../provider/engine/operation";
import { operation as directConnection } from "../../provider/kvstore/directConnection";
import { operation as privateEndpointConnection } from "../../provider/redisenterprise/privateEndpointConnection";
import { operation as keyRegeneration } from "../../provider/webpubsub/keyRegeneration";
import { operation as rotatingKeys } from "../../provider/webpubsub/rotatingKeys";
import patchFacts from "./apimanagement-backend-patch.json";
import reconnectFacts from "./apimanagement-backend-reconnect.json";
import differences from "./differences.json";
import allocateFacts from "./kvstore-direct-connection.json";
import connectionFacts from "./redisenterprise-private-endpoint-connection.json";
import regenerateFacts from "./webpubsub-key-regeneration.json";

// The contracts as the reference pages and specifications state them, and what this package does otherwise.

const type = z.enum(["string", "integer", "boolean", "array", "object"]);
/** What a contract says of one value. */
const limits = {
  required: z.literal(true).optional(),
  readOnly: z.literal(true).optional(),
  enum: z.array(z.string()).min(1).optional(),
  enumIsOpen: z.boolean().optional(),
  pattern: z.string().optional(),
  minLength: z.int().min(0).optional(),
  maxLength: z.int().min(1).optional(),
  minimum: z.int().optional(),
  maximum: z.int().optional(),
  minItems: z.int().min(0).optional(),
  maxItems: z.int().min(1).optional(),
  format: z.enum(["uuid", "int32", "int64", "safe", "duration", "arm-id"]).optional(),
  minimumDuration: z.string().optional(),
  default: z.union([z.boolean(), z.string()]).optional(),
};
/** File below contracts/specs, or one of the reference pages, and where in it. */
const source = z.string().regex(/^(?:[\w./-]+\.json#\/|r-kvstore\/[\w.-]+\.txt#|seeds\/00[0-4]_[0-9a-f]{16}\.txt)/);

export const factsSchema = z.strictObject({
  operation: z.string(),
  method: z.enum(["PUT", "PATCH", "POST"]),
  path: z.string().startsWith("/"),
  apiVersion: z.iso.date(),
  action: z.string().optional(),
  success: z.array(z.int().min(200).max(299)).min(1),
  source,
  bodyRequired: z.boolean(),
  parameters: z.array(z.strictObject({ name: z.string(), in: z.enum(["path", "query", "header"]), type, ...limits, source })),
  body: z.array(z.strictObject({ path: z.string(), type, ...limits, source })),
});

const reason = z.string().min(10);
const limitDifference = z.strictObject({
  member: z.string(),
  limit: z.enum(["type", ...(Object.keys(limits) as (keyof typeof limits)[])]),
  /** The limit that holds instead; null: none. */
  ours: z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(type)]),
  reason,
});
const operationDifferences = z.strictObject({
  renamed: z.array(z.strictObject({ member: z.string(), argument: z.string(), reason })),
  leftOut: z.array(z.strictObject({ member: z.string(), reason })),
  own: z.array(z.strictObject({ argument: z.string(), reason })),
  limits: z.array(limitDifference),
});
export const differencesSchema = z.strictObject({
  every: operationDifferences
    .pick({ own: true })
    .extend({ flattened: z.strictObject({ prefix: z.string(), reason }), readOnly: z.strictObject({ reason }) }),
  azure: operationDifferences.pick({ leftOut: true, limits: true }),
  operations: z.record(z.string(), operationDifferences),
});

export type Facts = z.infer<typeof factsSchema>;
export type Limits = z.infer<z.ZodObject<typeof limits>>;
type Differences = z.infer<typeof operationDifferences>;

/** One member of a request: a parameter, or a member of the body. */
export interface Member extends Limits {
  /** As the contract spells it: `If-Match`, `properties.circuitBreaker.rules[].name`. */
  readonly wire: string;
  /** As our arguments spell it. */
  readonly argument: string;
  readonly types: readonly z.infer<typeof type>[];
}

export interface Contract {
  readonly name: string;
  readonly facts: Facts;
  readonly operation: Operation<object, object>;
  readonly differences: Differences;
  /** Every member, with the contract's own limits. */
  readonly members: readonly Member[];
  /** A valid set of arguments. */
  readonly minimal: Readonly<Record<string, unknown>>;
}

const rest = differencesSchema.parse(differences);
const azure = { subscriptionId: "00000000-0000-0000-0000-000000000000", resourceGroupName: "rg" };
const backend = { ...azure, serviceName: "apim", backendId: "orders" };

export const contracts: readonly Contract[] = [
  contractOf(connectionFacts, privateEndpointConnection, {
    ...{ ...azure, clusterName: "cache", privateEndpointConnectionName: "pe" },
    privateLinkServiceConnectionState: { status: "Approved" },
  }),
  contractOf(patchFacts, backendPatch, { ...backend, title: "t", description: "d" }),
  contractOf(reconnectFacts, backendReconnect, backend),
  contractOf(allocateFacts, directConnection, { instanceId: "r-1", regionId: "cn-hangzhou" }),
  contractOf(regenerateFacts, keyRegeneration, { ...azure, resourceName: "chat", keyType: "Primary" }),
  // The same call, in turns.
  contractOf({ ...regenerateFacts, operation: "webpubsub/RotatingKeys" }, rotatingKeys, { ...azure, resourceName: "chat" }),
];

function contractOf(json: unknown, operation: unknown, minimal: Record<string, unknown>): Contract {
  const facts = factsSchema.parse(json);
  const own = rest.operations[facts.operation] as Differences;
  const isAzure = facts.action === undefined;
  const named: Differences = {
    renamed: own.renamed,
    leftOut: [...(isAzure ? rest.azure.leftOut : []), ...own.leftOut],
    own: [...rest.every.own, ...own.own],
    limits: [...(isAzure ? rest.azure.limits : []), ...own.limits],
  };
  const argumentOf = (wire: string) =>
    named.renamed.find(({ member }) => member === wire)?.argument ?? wire.replace(new RegExp(`^${rest.every.flattened.prefix}`), "");
  const members = [
    ...facts.parameters.map(({ name, in: _, source: __, type: only, ...limit }) => ({ wire: name, types: [only], ...limit })),
    ...facts.body.map(({ path, source: _, type: only, ...limit }) => ({ wire: path, types: [only], ...limit })),
  ].map((member) => ({ ...member, argument: argumentOf(member.wire) }));
  return { name: facts.operation, facts, operation: operation as Operation<object, object>, differences: named, members, minimal };
}

/** Members that are neither left out nor set by the service alone. */
export function givenMembers({ members, differences }: Contract): Member[] {
  return members.filter(({ wire, readOnly }) => readOnly === undefined && !differences.leftOut.some(({ member }) => member === wire));
}

/** A member with the limits that hold here: the contract's, but for the differences. */
export function ourMember({ differences }: Contract, member: Member): Member {
  const different = differences.limits.filter((each) => each.member === member.wire);
  const limit = different.map((each) => {
    if (each.limit === "type") return ["types", each.ours];
    return [each.limit, each.ours === null || each.ours === false ? undefined : each.ours];
  });
  return { ...member, ...(Object.fromEntries(limit) as Partial<Member>) };
}

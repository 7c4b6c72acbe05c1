import { z } from "zod";
import type { Operation } from "../../provider/engine/operation";

// The arguments of an operation, read back from its schema.

export interface Node {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Every argument by its path, at every depth: `circuitBreaker.rules[].name`, `credentials.header.*`. */
export function argumentNodes(operation: Operation<object, object>): Map<string, readonly Node[]> {
  const nodes = new Map<string, readonly Node[]>();
  const root: unknown = z.toJSONSchema(operation.schema(z), { io: "input", unrepresentable: "any" });
  for (const [member, node] of Object.entries((root as Node).properties ?? {})) walk(member, node, nodes);
  return nodes;
}

function walk(path: string, node: Node, nodes: Map<string, readonly Node[]>): void {
  const alternatives = (node.anyOf ?? [node]).filter(({ type }) => type !== "null");
  nodes.set(path, alternatives);
  for (const { properties, items, additionalProperties } of alternatives) {
    for (const [member, below] of Object.entries(properties ?? {})) walk(`${path}.${member}`, below, nodes);
    if (items !== undefined) walk(`${path}[]`, items, nodes);
    if (typeof additionalProperties === "object") walk(`${path}.*`, additionalProperties, nodes);
  }
}

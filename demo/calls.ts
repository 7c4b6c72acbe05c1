/** The five operations by class, each with how its requests look in the cloud's log. */
export const OPERATIONS = {
  "redisenterprise.PrivateEndpointConnection": /privateEndpointConnections/,
  "apimanagement.BackendReconnect": /\/backends\/[^/]+\/reconnect$/,
  "apimanagement.BackendPatch": /\/backends\//,
  "webpubsub.KeyRegeneration": /webPubSub|^POLL$/,
  "kvstore.DirectConnection": /^ALIBABA/,
} as const;

export type OperationName = keyof typeof OPERATIONS;
export type Calls = Partial<Record<OperationName, readonly string[]>>;

/** Requests by operation, each in its order; the operations themselves run at the same time. */
export function byOperation(requests: readonly string[]): Calls & { other?: string[] } {
  const calls: Record<string, string[]> = {};
  for (const request of requests) {
    const [name] = Object.entries(OPERATIONS).find(([, pattern]) => pattern.test(request)) ?? ["other"];
    calls[name] = [...(calls[name] ?? []), shortened(request)];
  }
  return calls;
}

/** The name of a private endpoint connection is made up anew by each cloud. */
function shortened(request: string): string {
  return request.replace(/privateEndpointConnections\/.+$/, "privateEndpointConnections/{name}");
}

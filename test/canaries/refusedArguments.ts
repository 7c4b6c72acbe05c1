import type { Canaries } from "./canary";
import { type Carrier, group } from "./scenario";
import { Wrapped } from "./wrapped";

/** Resources whose arguments are refused by the check of a preview, with a secret in each of the refused ones. */
export function refused(canaries: Canaries): Carrier[] {
  const at = () => canaries.at("refusedArgument");
  const wrapped = (times = 1) => new Wrapped(at().repeat(times));
  const backend = { resourceGroupName: group, serviceName: "apim", backendId: "refused" };
  const given = {
    title: wrapped(20),
    protocol: wrapped(),
    credentials: { authorization: { scheme: "Bearer", parameter: at().repeat(20) }, header: { "x-a": at() }, cookie: at() },
    proxy: at(),
    circuitBreaker: { rules: [{ failureCondition: { count: 1, errorReasons: [wrapped(20)] } }] },
    ifMatch: wrapped(),
    credentails: canaries.at("misspelled"),
    extraProperties: { proxy: { password: at() } },
  };
  const names = {
    resourceGroupName: group,
    clusterName: wrapped(9),
    privateEndpointId: wrapped(),
    privateLinkServiceConnectionState: { status: wrapped() },
  };
  return [
    { service: "apimanagement", type: "BackendPatch", name: "mistaken", given: { ...backend, ...given }, again: {} },
    { service: "redisenterprise", type: "PrivateEndpointConnection", name: "misnamed", given: names, again: {} },
  ];
}

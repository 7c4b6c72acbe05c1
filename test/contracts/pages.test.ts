import { type Example, pathArguments } from "./conversation";
import backendReconnect from "./examples/backend-reconnect.json";
import backendUpdate from "./examples/backend-update.json";
import connectionPut from "./examples/connection-put.json";
import allocate from "./examples/direct-connection-allocate.json";
import keysRegenerate from "./examples/keys-regenerate.json";
import { contracts } from "./facts";

const pages: [string, Example][] = [
  ["redisenterprise/PrivateEndpointConnection", connectionPut],
  ["apimanagement/BackendPatch", backendUpdate],
  ["apimanagement/BackendReconnect", backendReconnect],
  ["kvstore/DirectConnection", allocate],
  ["webpubsub/KeyRegeneration", keysRegenerate],
];

it.each(pages)("the example of %s has the method, path, version and answers of its contract", (name, { request, answers }) => {
  const contract = contracts.find((each) => each.name === name);
  if (contract === undefined) throw new Error(`There is no contract of ${name}.`);
  const { method, path, apiVersion, action, success } = contract.facts;
  const template = Object.entries(pathArguments(contract, request.path)).reduce(
    (all, [key, value]) => all.replace(`{${key}}`, value),
    path,
  );
  expect({ method: request.method, path: request.path, action: request.action }).toEqual({ method, path: template, action });
  expect(request.version ?? request.query["api-version"]).toBe(apiVersion);
  expect(answers.map(({ status }) => status)).toEqual(success);
});

import type { Cloud } from "../cloud";
import type { Canaries } from "./canary";
import type { Place } from "./places";
import { Wrapped } from "./wrapped";

type Members = Record<string, unknown>;

/** One resource of the program that carries canaries. */
export interface Carrier {
  readonly service: "apimanagement" | "kvstore" | "redisenterprise" | "webpubsub";
  readonly type: string;
  readonly name: string;
  readonly given: Members;
  /** The arguments of the second run. */
  readonly again: Members;
}

/** Alibaba Cloud by a session, and every other credential set where nobody looks, because the ready token comes first. */
export function credentialsOf(cloud: Cloud, canaries: Canaries) {
  const { temporary } = cloud.identity;
  const at = (place: Place) => canaries.at(place);
  canaries.adopt("accessToken", cloud.accessToken);
  canaries.adopt("alibabaKeys", temporary.accessKeySecret);
  canaries.adopt("alibabaKeys", temporary.securityToken);
  const names = ["ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"];
  const others = ["ARM_OIDC_TOKEN", "ARM_OIDC_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN", "IDENTITY_HEADER", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"];
  return {
    configuration: {
      "patchbay:clientSecret": at("configuration"),
      "patchbay:clientCertificatePassword": at("configuration"),
      "patchbay:oidcToken": at("configuration"),
      "patchbay:oidcRequestToken": at("configuration"),
      "patchbay:accessKeyId": temporary.accessKeyId,
      "patchbay:accessKeySecret": temporary.accessKeySecret,
      "patchbay:securityToken": temporary.securityToken,
    },
    environment: Object.fromEntries([...names, ...others].map((name) => [name, at("environment")])),
  };
}

export const group = "chat-platform-rg";

/** Resources that come to their end, with canaries in their arguments and in what the cloud holds. */
export function wellOnes(cloud: Cloud, canaries: Canaries): Carrier[] {
  const at = (place: Place) => canaries.at(place);
  const wrapped = (place: Place) => new Wrapped(at(place));
  const control = at("control");
  const foreign = () => ({ header: { "x-foreign": [at("foreignCredentials")] }, query: { code: [at("foreignCredentials")] } });
  cloud.addApiManagementService("apim");
  const open = { url: "https://orders.example/", protocol: "http" };
  const theirs = { authorization: { scheme: "Basic", parameter: at("foreignCredentials") }, ...foreign() };
  const proxy = { url: "https://proxy.example/", username: "u", password: at("foreignCredentials") };
  cloud.addBackend("apim", control, { ...open, title: at("prior"), credentials: theirs, proxy });
  cloud.addBackend("apim", "extra", { ...open, credentials: foreign() });
  for (const name of ["chat", "quiet"]) cloud.addWebPubSub(name);
  adoptKeys(cloud, canaries);
  cloud.addCluster("cache");
  cloud.addPrivateEndpoint("cache", { connectionName: "partner" });
  cloud.addInstance({ instanceId: "r-direct" });

  const place = { resourceGroupName: group };
  const gateway = { ...place, serviceName: "apim", backendId: control };
  const patch = {
    ...gateway,
    description: control,
    title: wrapped("wrappedText"),
    url: new Wrapped(`https://orders.example/?code=${at("wrappedQuery")}`),
    credentials: {
      authorization: { scheme: "Bearer", parameter: at("credentials") },
      header: { "x-owned": [at("credentials")] },
      query: { code: [at("credentials")] },
    },
    proxy: { url: "https://proxy.example/", username: "u", password: at("credentials") },
    circuitBreaker: {
      rules: [
        {
          name: "r",
          tripDuration: "PT1M",
          failureCondition: { count: 1, interval: "PT1M", errorReasons: [wrapped("wrappedInList"), "timeout"] },
        },
      ],
    },
    onDestroy: "restore",
  };
  const extra = {
    ...{ ...place, serviceName: "apim", backendId: "extra" },
    extraProperties: {
      newer: { deep: [wrapped("wrappedInExtra"), "plain"], flat: wrapped("wrappedInExtra") },
      credentials: { managedIdentity: { clientId: at("extraCredentials") } },
    },
  };
  const triggers = () => ({ month: wrapped("wrappedInMap"), plain: "2026-11" });
  const state = (description: unknown) => ({ privateLinkServiceConnectionState: { status: "Approved", description } });
  const connection = { ...place, clusterName: "cache", privateEndpointConnectionName: "partner" };
  const carrier = (service: Carrier["service"], type: string, name: string, given: Members, again: Members = {}): Carrier => ({
    ...{ service, type, name, given },
    again: { ...given, ...again },
  });
  return [
    carrier("apimanagement", "BackendPatch", "patch", patch, { title: wrapped("wrappedText"), description: "another" }),
    carrier("apimanagement", "BackendPatch", "extra", extra, {
      extraProperties: { ...extra.extraProperties, newer: { deep: [wrapped("wrappedInExtra")], flat: "plain" } },
    }),
    carrier("apimanagement", "BackendReconnect", "reconnect", { ...gateway, triggers: triggers() }, { triggers: triggers() }),
    carrier(
      "webpubsub",
      "KeyRegeneration",
      "key",
      { ...place, resourceName: "chat", keyType: "Secondary", triggers: triggers() },
      { triggers: triggers() },
    ),
    carrier(
      "webpubsub",
      "KeyRegeneration",
      "quiet",
      { ...place, resourceName: "quiet", keyType: "Primary", keys: "fingerprint" },
      { triggers: triggers() },
    ),
    carrier(
      "redisenterprise",
      "PrivateEndpointConnection",
      "connection",
      { ...connection, ...state(wrapped("wrappedText")) },
      state(wrapped("wrappedText")),
    ),
    carrier("kvstore", "DirectConnection", "direct", { instanceId: "r-direct", connectionString: "directprefix" }, { onDestroy: "retain" }),
  ];
}

/** Once more after each change of the keys: those that were there stay canaries. */
export function adoptKeys(cloud: Cloud, canaries: Canaries): void {
  for (const [service, place] of [
    ["chat", "keys"],
    ["quiet", "unseenKeys"],
  ] as const) {
    const { primaryKey, secondaryKey } = cloud.keys(service);
    for (const key of [primaryKey, secondaryKey]) canaries.adopt(place, key);
  }
}

/** What somebody else does between the two runs. */
export function drift(cloud: Cloud, canaries: Canaries, { given }: Carrier): void {
  const at = () => canaries.at("driftedSecret");
  const credentials = { header: { "x-owned": [at()] }, authorization: { scheme: "Bearer", parameter: at() } };
  cloud.changeBackend("apim", String(given.backendId), {
    title: at(),
    credentials,
    proxy: { url: "https://proxy.example/", password: at() },
  });
  cloud.changeBackend("apim", "extra", { newer: { deep: [at(), "longer", at()], flat: at() } });
}

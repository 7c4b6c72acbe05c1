import type { Configuration, Found, SettingName } from "../configuration";
import { ConfigurationError } from "../errors";

// What is said of credentials that are missing or contradict each other: names of settings and places, never a value.

/** Something that a way to sign in needs and that is not set. */
export interface Missing {
  /** `a tenant` */
  readonly what: string;
  /** Any one of these settings would give it. */
  readonly settings: readonly SettingName[];
  /** Where setting one of them is not the way that a pipeline has: a sentence. */
  readonly remedy?: string;
}

const TENANT: Missing = { what: "a tenant", settings: ["tenantId"] };
const CLIENT: Missing = { what: "a client", settings: ["clientId"] };
const OIDC_TOKEN: Missing = {
  what: "an OIDC token",
  settings: ["oidcToken", "oidcTokenFilePath", "oidcRequestUrl"],
  remedy: "GitHub Actions gives the token to a job with `id-token: write` among its permissions.",
};
const REQUEST_TOKEN: Missing = {
  what: "the token that asks for the OIDC token",
  settings: ["oidcRequestToken"],
  remedy: "Azure Pipelines gives it to a step that has `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` in its env.",
};
const SERVICE_CONNECTION: Missing = { what: "the id of the service connection", settings: ["adoPipelineServiceConnectionId"] };

/** What of a tenant and a client is not set. */
export function missingNames(configuration: Configuration): Missing[] {
  return [TENANT, CLIENT].filter(({ settings }) => settings.every((name) => configuration.text(name) === undefined));
}

/** What an OIDC token lacks that cannot be had. */
export function missingToken(configuration: Configuration): Missing {
  if (configuration.text("oidcRequestUrl") === undefined) return OIDC_TOKEN;
  return configuration.text("oidcRequestToken") === undefined ? REQUEST_TOKEN : SERVICE_CONNECTION;
}

export function incomplete(configuration: Configuration, found: Found, missing: readonly Missing[]): ConfigurationError {
  const names = missing.map(({ what }) => what);
  const places = missing.map(
    ({ what, settings }) => `${withoutArticle(what)} in ${settings.map((name) => placesOf(configuration, name)).join(", or ")}`,
  );
  const remedies = missing.flatMap(({ remedy }) => remedy ?? []);
  const sentences = [
    `${found.key} is set, and to sign in to Azure with it ${enumerated(names)} ${names.length > 1 ? "are" : "is"} missing.`,
    `Looked for the ${places.join("; the ")}.`,
    `Set ${names.length > 1 ? "each" : "it"} in one of these places.`,
    ...remedies,
  ];
  return new ConfigurationError(sentences.join(" "));
}

export function contradiction(configuration: Configuration, one: Found, other: Found): ConfigurationError {
  return new ConfigurationError(
    `Two ways to sign in to Azure are set at the same place: ${one.key} and ${other.key}. Remove one of them, or set the wanted one in a ` +
      `more specific place. ${looked(configuration)}`,
  );
}

const CREDENTIAL_SETTINGS: readonly SettingName[] = [
  "azureAccessToken",
  "tenantId",
  "clientId",
  "clientSecret",
  "clientCertificatePath",
  "useOidc",
  "oidcToken",
  "oidcTokenFilePath",
  "oidcRequestUrl",
  "oidcRequestToken",
  "adoPipelineServiceConnectionId",
  "useMsi",
];

/** What was looked for and where, and what of it is set; names only. */
export function looked(configuration: Configuration): string {
  const places = CREDENTIAL_SETTINGS.map((name) => {
    const found = configuration.find(name);
    return `${placesOf(configuration, name)}${found === undefined ? "" : ` (set: ${found.key})`}`;
  });
  return `Looked for, in this order: ${places.join("; ")}; else the login of the Azure CLI.`;
}

/** Why the Azure CLI was asked although somebody has begun to set another way: a sentence and a space, or nothing. */
export function begunWay(configuration: Configuration): string {
  const names = [configuration.find("clientId"), configuration.find("tenantId")].flatMap((found) => found?.key ?? []);
  if (names.length < 2) return "";
  return `${enumerated(names)} are set, but nothing that signs in with them (clientSecret, clientCertificatePath or useOidc), so the login of the Azure CLI was tried. `;
}

/** `patchbay:tenantId, azure-native:…, ARM_TENANT_ID, AZURE_TENANT_ID` */
function placesOf(configuration: Configuration, name: SettingName): string {
  const ending = `:${name}`;
  const places = configuration.lookedFor(name).map((key, index) => (index > 0 && key.endsWith(ending) ? key.replace(ending, ":…") : key));
  return places.join(", ");
}

function withoutArticle(what: string): string {
  return what.replace(/^(?:an?|the) /, "");
}

function enumerated(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" and ");
}

import type { Configuration, Found } from "../configuration";
import { ConfigurationError } from "../errors";
import { contradiction, incomplete, missingNames, missingToken } from "./credentialWords";
import { endpointOrigin, parse } from "./endpoint";

/** Where an OIDC assertion comes from. */
export type Assertion =
  | { readonly from: "text"; readonly token: string }
  | { readonly from: "file"; readonly path: string }
  | {
      readonly from: "request";
      readonly url: string;
      readonly bearer: string;
      /** Of Azure Pipelines, which asks for it in another form than GitHub Actions. */
      readonly serviceConnectionId?: string;
    };

/** The one way in which this run signs in to Azure. */
export type Credential =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "clientSecret"; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: "clientCertificate";
      readonly tenantId: string;
      readonly clientId: string;
      readonly path: string;
      readonly password?: string;
    }
  | { readonly kind: "oidc"; readonly tenantId: string; readonly clientId: string; readonly assertion: Assertion }
  | { readonly kind: "managedIdentity"; readonly clientId?: string }
  | { readonly kind: "cli"; readonly tenantId?: string };

type Kind = "clientSecret" | "clientCertificate" | "oidc" | "managedIdentity";

interface Candidate {
  readonly kind: Kind;
  readonly found: Found;
}

/**
 * Chooses the credential: a ready token wherever it is set; else the kind that is set at the most specific place
 * (this package's config, the sibling provider's, the environment); else the Azure CLI's login. Two kinds at one place
 * contradict each other.
 */
export function chooseCredential(configuration: Configuration): Credential {
  const token = configuration.text("azureAccessToken");
  if (token !== undefined) return { kind: "token", token: headerSafe(token.trim()) };
  const candidates = candidatesIn(configuration);
  const level = Math.min(...candidates.map((candidate) => candidate.found.level));
  const [chosen, contradicting] = candidates.filter((candidate) => candidate.found.level === level);
  if (chosen === undefined) return fallback(configuration);
  if (contradicting !== undefined) throw contradiction(configuration, chosen.found, contradicting.found);
  return complete(configuration, chosen);
}

function candidatesIn(configuration: Configuration): Candidate[] {
  const candidates: Candidate[] = [];
  const add = (kind: Kind, found: Found | undefined) => {
    if (found !== undefined) candidates.push({ kind, found });
  };
  add("clientSecret", configuration.find("clientSecret"));
  add("clientCertificate", configuration.find("clientCertificatePath"));
  add("oidc", oidcAsked(configuration));
  if (configuration.flag("useMsi")) add("managedIdentity", configuration.find("useMsi"));
  return candidates;
}

// What a cluster or a build service sets by itself is no wish: a pipeline that signs in by `az login` has these too.
const AMBIENT = new Set(["AZURE_FEDERATED_TOKEN_FILE", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"]);
const ASSERTIONS = ["oidcToken", "oidcTokenFilePath", "oidcRequestUrl"] as const;

function oidcAsked(configuration: Configuration): Found | undefined {
  if (configuration.flag("useOidc")) return configuration.find("useOidc");
  if (configuration.text("useOidc") !== undefined) return undefined;
  return ASSERTIONS.map((name) => configuration.find(name)).find((found) => found !== undefined && !AMBIENT.has(found.key));
}

function fallback(configuration: Configuration): Credential {
  const tenantId = configuration.text("tenantId");
  const clientId = configuration.text("clientId");
  // Workload identity of a cluster: it sets the file, the tenant and the client together.
  const file = configuration.text("useOidc") === undefined ? configuration.find("oidcTokenFilePath") : undefined;
  if (file !== undefined && tenantId !== undefined && clientId !== undefined) {
    return { kind: "oidc", tenantId, clientId, assertion: { from: "file", path: fileNamedBy(file) } };
  }
  return { kind: "cli", tenantId };
}

function complete(configuration: Configuration, { kind, found }: Candidate): Credential {
  if (kind === "managedIdentity") return { kind, clientId: configuration.text("clientId") };
  const tenantId = configuration.text("tenantId");
  const clientId = configuration.text("clientId");
  const assertion = kind === "oidc" ? assertionIn(configuration) : undefined;
  const missing = [...missingNames(configuration), ...(kind === "oidc" && assertion === undefined ? [missingToken(configuration)] : [])];
  if (tenantId === undefined || clientId === undefined || missing.length > 0) throw incomplete(configuration, found, missing);
  if (assertion !== undefined) return { kind: "oidc", tenantId, clientId, assertion };
  if (kind === "clientSecret") return { kind, tenantId, clientId, clientSecret: found.value };
  return {
    kind: "clientCertificate",
    tenantId,
    clientId,
    path: fileNamedBy(found),
    password: configuration.text("clientCertificatePassword"),
  };
}

function assertionIn(configuration: Configuration): Assertion | undefined {
  const token = configuration.text("oidcToken");
  if (token !== undefined) return { from: "text", token: token.trim() };
  const url = configuration.find("oidcRequestUrl");
  const bearer = configuration.text("oidcRequestToken");
  const path = configuration.find("oidcTokenFilePath");
  // A file that only the environment of a cluster names comes after a request that somebody wrote down.
  if (path !== undefined && (url === undefined || bearer === undefined || path.level <= url.level))
    return { from: "file", path: fileNamedBy(path) };
  if (url === undefined || bearer === undefined) return undefined;
  const serviceConnectionId = configuration.text("adoPipelineServiceConnectionId")?.trim();
  // Azure Pipelines gives a token for one of its service connections only.
  if (url.key === "SYSTEM_OIDCREQUESTURI" && serviceConnectionId === undefined) return undefined;
  const origin = parse(url.value.trim())?.origin;
  endpointOrigin(origin === undefined || origin === "null" ? url.value : origin, url.key);
  const isGitHub = url.key === "ACTIONS_ID_TOKEN_REQUEST_URL";
  const request = { from: "request", url: url.value.trim(), bearer: headerSafe(bearer.trim()) } as const;
  return isGitHub ? request : { ...request, serviceConnectionId };
}

function fileNamedBy({ key, value }: Found): string {
  // The text of a certificate, a mistake that is easily made, would otherwise be shown as the name of a file that is not there.
  if (!/\p{Cc}/u.test(value)) return value;
  throw new ConfigurationError(`${key} holds more than the path of a file; give the path.`);
}

function headerSafe(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConfigurationError("The configured token holds a space or a character that a header cannot carry; set it anew.");
}

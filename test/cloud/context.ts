import { randomBytes, randomUUID } from "node:crypto";
import type { CloudSettings } from "./settings";

/** Who may talk to the cloud. Made anew at every start: no value of it is ever in a file. */
export interface CloudIdentity {
  /** Tenant of Entra ID (GUID). */
  readonly tenantId: string;
  /** Application that may sign in (GUID). */
  readonly clientId: string;
  /** Its secret. */
  readonly clientSecret: string;
  /** The one subscription (GUID). */
  readonly subscriptionId: string;
  /** AccessKey of Alibaba Cloud. */
  readonly accessKeyId: string;
  /** Its secret. */
  readonly accessKeySecret: string;
  /** The region of instances that name none: `cn-hangzhou`. */
  readonly regionId: string;
  /** A temporary key of Alibaba's Security Token Service. */
  readonly temporary: { readonly accessKeyId: string; readonly accessKeySecret: string; readonly securityToken: string };
  /** A federated token that the token endpoint takes as client_assertion. */
  readonly federatedToken: string;
  /** The value of IDENTITY_HEADER for the managed identity endpoint. */
  readonly identityHeader: string;
  /** The bearer of the GitHub-style OIDC request URL. */
  readonly oidcRequestToken: string;
}

/** What every service of the cloud shares. */
export interface CloudContext {
  readonly settings: CloudSettings;
  readonly identity: CloudIdentity;
  readonly secrets: Secrets;
  nowMs(): number;
  origin(): string;
}

/** Shorter values are not kept: a search for "v1" would find it everywhere. */
const shortestSecret = 6;

/** Every secret that the cloud ever issued, received or held, for canary searches. */
export class Secrets {
  readonly #values = new Set<string>();

  add(...values: readonly unknown[]): void {
    for (const value of values) if (typeof value === "string" && value.length >= shortestSecret) this.#values.add(value);
  }

  all(): string[] {
    return [...this.#values];
  }

  redact(text: string): string {
    let redacted = text;
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) {
      redacted = redacted.replaceAll(value, "***").replaceAll(encodeURIComponent(value), "***");
    }
    return redacted;
  }
}

export function randomText(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

export function randomName(length: number): string {
  return Array.from(randomBytes(length), (byte) => letters[byte % letters.length]).join("");
}

export function createIdentity(secrets: Secrets): CloudIdentity {
  const identity: CloudIdentity = {
    tenantId: randomUUID(),
    clientId: randomUUID(),
    clientSecret: randomText(30),
    subscriptionId: randomUUID(),
    accessKeyId: `emulated${randomName(16)}`,
    accessKeySecret: randomText(24),
    regionId: "cn-hangzhou",
    temporary: { accessKeyId: `temporary${randomName(16)}`, accessKeySecret: randomText(24), securityToken: randomText(90) },
    federatedToken: randomText(90),
    identityHeader: randomText(24),
    oidcRequestToken: randomText(48),
  };
  secrets.add(identity.clientSecret, identity.accessKeySecret, identity.temporary.accessKeySecret, identity.temporary.securityToken);
  secrets.add(identity.federatedToken, identity.identityHeader, identity.oidcRequestToken);
  return identity;
}

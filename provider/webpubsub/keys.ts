import { armId } from "../engine/armId";
import { fingerprint } from "../engine/fingerprint";
import type { AzureRequest, Run } from "../engine/operation";
import { requestIdOf, UnexpectedAnswerError } from "../errors";

const API_VERSION = "2024-03-01";

/** The keys of a Web PubSub service and the connection strings made of them. Secret, all four. */
export interface WebPubSubKeys {
  primaryKey: string;
  secondaryKey: string;
  primaryConnectionString: string;
  secondaryConnectionString: string;
}

/** What may be shown of two keys. */
export interface KeyFingerprints {
  /** Of the primary key. */
  primary: string;
  /** Of the secondary key. */
  secondary: string;
}

export type KeyType = "Primary" | "Secondary" | "Salt";

const MEMBERS = ["primaryKey", "secondaryKey", "primaryConnectionString", "secondaryConnectionString"] as const;

/** Reads the keys. It changes nothing, though it is a POST and Azure counts it as a write. */
export async function listKeys(service: readonly string[], run: Run): Promise<WebPubSubKeys> {
  const path = [...service, "listKeys"];
  const { body, requestId } = await run.send({
    cloud: "azure",
    method: "POST",
    path,
    apiVersion: API_VERSION,
    repeat: "read",
    answer: "object",
  });
  const isFilled = (value: unknown) => typeof value === "string" && value.trim() !== "";
  const lacking = MEMBERS.filter((member) => !isFilled(body?.[member]));
  if (lacking.length > 0) {
    throw new UnexpectedAnswerError(
      `listKeys of ${armId(service)} answered without ${lacking.join(", ")}.${requestIdOf(requestId)} Run again later; if it stays, open a support case.`,
    );
  }
  return Object.fromEntries(MEMBERS.map((member) => [member, body?.[member]])) as unknown as WebPubSubKeys;
}

/** The call that makes a new key. It acts each time it arrives. Its result may be empty, so listKeys is asked instead. */
export function regenerateRequest(service: readonly string[], keyType: KeyType): AzureRequest {
  const path = [...service, "regenerateKey"];
  return { cloud: "azure", method: "POST", path, apiVersion: API_VERSION, body: { keyType }, repeat: "once", answer: "ignored" };
}

export function fingerprintsOf(service: readonly string[], keys: WebPubSubKeys): KeyFingerprints {
  const id = armId(service);
  return { primary: fingerprint(id, keys.primaryKey), secondary: fingerprint(id, keys.secondaryKey) };
}

/** Whether the key of this type is another one now. Salt is returned nowhere, so nothing shows its change. */
export function hasChanged(keyType: KeyType, before: KeyFingerprints, after: KeyFingerprints): boolean {
  if (keyType === "Salt") return false;
  return keyType === "Primary" ? before.primary !== after.primary : before.secondary !== after.secondary;
}

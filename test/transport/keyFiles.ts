import { createPrivateKey, randomBytes } from "node:crypto";

/** A PEM file's certificate with its key under a password. */
export function encryptedKey(pem: string, password: string): string {
  const key = createPrivateKey(pem).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: password });
  return `${key}${/-----BEGIN CERTIFICATE-----[\s\S]*/.exec(pem)?.[0]}`;
}

/** Bytes that begin as a PKCS#12 file does: a DER sequence of version 3, and then what nobody here can read. */
export function pkcs12(): Buffer {
  return Buffer.concat([Buffer.from("308209c1020103", "hex"), randomBytes(2_000)]);
}

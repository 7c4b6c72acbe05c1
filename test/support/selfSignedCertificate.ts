import { createSign, generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult } from "node:crypto";

const DAY_MS = 86_400_000;

export interface CertificateOptions {
  /** @default "patchbay test" */
  readonly name?: string;
  /** The host that it is good for; without one it is good for signing alone. */
  readonly hostName?: string;
  /** How long it has still to run; negative when that is over. @default a day */
  readonly validForMs?: number;
  /** @default made anew, which takes a good part of a second */
  readonly keys?: KeyPairKeyObjectResult;
}

export function certificateKeys(): KeyPairKeyObjectResult {
  return generateKeyPairSync("rsa", { modulusLength: 2048 });
}

/** A certificate that signs itself and its private key, both as PEM in one text. */
export function selfSignedCertificate(options: CertificateOptions = {}): { pem: string; publicKey: string } {
  const { privateKey, publicKey } = options.keys ?? certificateKeys();
  const pem = `${privateKey.export({ type: "pkcs8", format: "pem" })}${certificateOf(privateKey, publicKey, options)}`;
  return { pem, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

function certificateOf(privateKey: KeyObject, publicKey: KeyObject, options: CertificateOptions): string {
  const { name: commonName = "patchbay test", hostName, validForMs = DAY_MS } = options;
  const sequence = (...parts: Buffer[]) => tagged(0x30, Buffer.concat(parts));
  const sha256WithRsa = sequence(Buffer.from("06092a864886f70d01010b", "hex"), Buffer.from("0500", "hex"));
  const name = sequence(tagged(0x31, sequence(Buffer.from("0603550403", "hex"), tagged(0x0c, Buffer.from(commonName)))));
  const time = (atMs: number) => tagged(0x17, Buffer.from(`${new Date(atMs).toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
  const validity = sequence(time(Date.now() + Math.min(0, validForMs) - DAY_MS), time(Date.now() + validForMs));
  const serial = tagged(0x02, Buffer.from([1]));
  const version = tagged(0xa0, tagged(0x02, Buffer.from([2])));
  const alternative = (host: string) => tagged(0x04, sequence(tagged(0x82, Buffer.from(host))));
  const extensions = (host: string) => tagged(0xa3, sequence(sequence(Buffer.from("0603551d11", "hex"), alternative(host))));
  const key = publicKey.export({ type: "spki", format: "der" });
  const parts = [version, serial, sha256WithRsa, name, validity, name, key, ...(hostName === undefined ? [] : [extensions(hostName)])];
  const body = sequence(...parts);
  const signature = createSign("sha256").update(body).sign(privateKey);
  const whole = sequence(body, sha256WithRsa, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

function tagged(tag: number, content: Buffer): Buffer {
  const length = content.length < 128 ? Buffer.from([content.length]) : longLength(content.length);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

function longLength(length: number): Buffer {
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

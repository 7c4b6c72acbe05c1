import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Cloud, FaultRule } from "../cloud";
import { selfSignedCertificate } from "../support/selfSignedCertificate";
import { encryptedKey } from "../transport/keyFiles";
import type { Canaries } from "./canary";
import type { Place } from "./places";

/** A way to sign in that fails, with canaries in what is given and in what is answered. */
export interface FailingSignIn {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly faults: readonly FaultRule[];
}

/** One for each place: a run of the engine costs seconds, and what it shows of a failed sign-in is the error's message. */
export const THROUGH_THE_ENGINE = [
  ...["a refused secret", "a token on a page", "a refused certificate", "a key in the place of its path", "a refused assertion"],
  ...["an asked assertion", "a refused identity", "a tool that fails and tells the token"],
];

/** @param folder for the files that they need */
export function failingSignIns(cloud: Cloud, canaries: Canaries, folder: string): FailingSignIn[] {
  const { AZURE_AUTHORITY_HOST = "", ARM_TENANT_ID = "", ARM_CLIENT_ID = "" } = cloud.environmentFor("clientSecret");
  const application = { AZURE_AUTHORITY_HOST, ARM_TENANT_ID, ARM_CLIENT_ID };
  const making = new Making(canaries, folder);
  return [
    ...bySecret(making, application),
    ...byCertificate(making, application),
    ...byOidc(making, application, cloud),
    ...byMachine(making, cloud),
  ];
}

type Application = Readonly<Record<string, string>>;

class Making {
  constructor(
    private readonly canaries: Canaries,
    private readonly folder: string,
  ) {}

  at(place: Place): string {
    return this.canaries.at(place);
  }

  adopt(place: Place, value: string): void {
    this.canaries.adopt(place, value);
  }

  /** A file in a folder of its own, whose name is part of the path. */
  file(folder: string, name: string, content: string): string {
    mkdirSync(path.join(this.folder, folder), { recursive: true });
    writeFileSync(path.join(this.folder, folder, name), content);
    return path.join(this.folder, folder, name);
  }

  missing(name: string): string {
    return path.join(this.folder, name, "not-here");
  }

  /** How Entra ID refuses, with what it was sent in its sentence and more beside it. */
  refusal(echo: string): FaultRule {
    const at = () => this.at("tokenError");
    const description = `AADSTS7000215: Invalid client secret provided: ${echo}. Trace ID: ${at()} Correlation ID: 3d4e`;
    const body = { error: "invalid_client", error_description: description, claims: at(), suberror: at(), more: { text: at() } };
    const headers = { "www-authenticate": at(), "x-ms-ests-server": at(), "set-cookie": at() };
    return { kind: "TOKEN", mode: "answer", status: 401, headers, body };
  }
}

function bySecret(making: Making, application: Application): FailingSignIn[] {
  const secret = making.at("clientSecret");
  const answered = (name: string, type: string, body: string, ...more: FaultRule[]): FailingSignIn => ({
    name,
    environment: { ...application, ARM_CLIENT_SECRET: secret },
    faults: [{ kind: "TOKEN", mode: "answer", status: 200, headers: { "Content-Type": type }, body }, ...more],
  });
  const token = () => making.at("tokenAnswer");
  return [
    { name: "a refused secret", environment: { ...application, ARM_CLIENT_SECRET: secret }, faults: [making.refusal(secret)] },
    answered("a token on a page", "text/html", `<p>{"access_token":"${token()}"}</p>`),
    answered("a token cut off", "application/json", `{"token_type":"Bearer","access_token":"${token()}`),
    // It is taken, the service refuses it, and a new one is asked for.
    answered(
      "a token without an end",
      "application/json",
      JSON.stringify({ token_type: "Bearer", access_token: token(), more: token() }),
      making.refusal(secret),
    ),
  ];
}

function byCertificate(making: Making, application: Application): FailingSignIn[] {
  const { pem } = selfSignedCertificate();
  const lines = pem.split("\n").filter((line) => line.length === 64);
  for (const line of [lines[3], lines[9]]) making.adopt("certificate", line ?? "");
  const given = (name: string, file: string, more: Record<string, string> = {}, ...faults: FaultRule[]): FailingSignIn => ({
    name,
    environment: { ...application, ARM_CLIENT_CERTIFICATE_PATH: file, ...more },
    faults,
  });
  const password = { ARM_CLIENT_CERTIFICATE_PASSWORD: making.at("certificate") };
  const folder = () => making.at("certificatePath");
  const no = making.at("notACertificate");
  return [
    given("a refused certificate", making.file(folder(), "a.pem", pem), {}, making.refusal("the assertion")),
    given("a wrong password", making.file(folder(), "b.pem", encryptedKey(pem, "another")), password),
    given("a certificate that is not there", making.missing(folder())),
    given(
      "a file that is no certificate",
      making.file(folder(), "c.pem", `-----BEGIN PRIVATE KEY-----\n${no}\n-----END PRIVATE KEY-----\n${no}`),
    ),
    given("a key in the place of its path", `-----BEGIN PRIVATE KEY-----\n${making.at("notACertificate")}\n-----END PRIVATE KEY-----\n`),
  ];
}

function byOidc(making: Making, application: Application, cloud: Cloud): FailingSignIn[] {
  const token = making.at("oidcFile");
  const folder = () => making.at("oidcFilePath");
  const asked = () => ({
    ...application,
    ARM_USE_OIDC: "true",
    ARM_OIDC_REQUEST_URL: `${cloud.environmentFor("oidc").ARM_OIDC_REQUEST_URL}&job=${making.at("oidcRequest")}`,
    ARM_OIDC_REQUEST_TOKEN: making.at("oidcRequest"),
  });
  const file = (place: string) => ({ ...application, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: place });
  const value = making.at("oidcRequest");
  const refusal = { message: making.at("oidcRequest"), error_description: making.at("oidcRequest") };
  const oidc = { kind: "OIDC", mode: "answer", headers: { "set-cookie": making.at("oidcRequest") } } as const;
  return [
    { name: "a refused assertion", environment: file(making.file(folder(), "token", token)), faults: [making.refusal(token)] },
    { name: "an assertion that is not there", environment: file(making.missing(folder())), faults: [] },
    { name: "an assertion in the place of its path", environment: file(making.at("oidcFilePath")), faults: [] },
    {
      name: "an asked assertion",
      environment: asked(),
      faults: [{ ...oidc, status: 200, body: { value, more: making.at("oidcRequest") } }, making.refusal(value)],
    },
    { name: "no assertion for a bearer", environment: asked(), faults: [{ ...oidc, status: 403, body: refusal }] },
  ];
}

function byMachine(making: Making, cloud: Cloud): FailingSignIn[] {
  const header = making.at("identityHeader");
  const identity = { ...cloud.environmentFor("managedIdentity"), IDENTITY_HEADER: header };
  const body = { statusCode: 400, message: `The header ${header} is wrong.`, more: making.at("identityHeader") };
  const at = () => making.at("azureCli");
  const cli = (name: string, script: string): FailingSignIn => {
    const file = making.file(name.replaceAll(" ", "-"), "az", `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return {
      name,
      environment: { PATH: [path.dirname(file), path.dirname(process.execPath), "/bin", "/usr/bin"].join(path.delimiter) },
      faults: [],
    };
  };
  return [
    { name: "a refused identity", environment: identity, faults: [{ kind: "TOKEN", mode: "answer", status: 400, body }] },
    cli("a tool that prints something else", `echo 'WARNING: ${at()}'; echo '{"accessToken":"${at()}"'; echo '${at()}'`),
    cli("a tool that fails and tells the token", `echo 'ERROR: {"accessToken": "${at()}"} Bearer ${at()}' >&2; exit 1`),
    cli("a tool without an end of its token", `echo '{"accessToken":"${at()}","expiresOn":"soon"}'`),
  ];
}

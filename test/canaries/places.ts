/** Where a secret can come in: the rows of the table. */
export const PLACES = {
  configuration: "the stack's configuration: clientSecret, clientCertificatePassword, oidcToken, oidcRequestToken",
  environment: "the environment: every variable that may hold a credential",
  accessToken: "a ready access token",
  alibabaKeys: "Alibaba Cloud: accessKeySecret and the STS securityToken",
  credentials: "arguments: credentials and proxy, not wrapped",
  wrappedText: "arguments: a text in pulumi.secret",
  wrappedInList: "arguments: an item of a list in pulumi.secret",
  wrappedInMap: "arguments: a trigger in pulumi.secret",
  wrappedInExtra: "arguments: a value below extraProperties in pulumi.secret",
  extraCredentials: "arguments: credentials below extraProperties, not wrapped",
  wrappedQuery: "arguments: the query of an address in pulumi.secret",
  refusedArgument: "arguments: secret ones that are refused",
  misspelled: "arguments: credentials under a misspelled name, not wrapped",
  keys: "answers: keys and connection strings",
  unseenKeys: 'answers: keys and connection strings with keys: "fingerprint"',
  foreignCredentials: "answers: a backend's credentials and proxy that somebody else set",
  driftedSecret: "answers: an owned secret that somebody else changed",
  prior: "answers: a wrapped member as it was before (prior)",
  echoed: "error bodies: a secret of this run in the message, in details and in target",
  errorMembers: "error bodies: every other member",
  errorSpellings: "error bodies: a foreign secret in the message, spelled as keys are",
  errorPage: "error pages: markup, scripts and attributes",
  errorXml: "error bodies of R-KVStore in XML: every other element",
  responseHeaders: "response headers: of refusals and of other answers",
  redirect: "redirects: Location",
  pollingUrl: "operations: the signature of a polling address",
  elsewhere: "operations: a polling address of another host",
  brokenAnswer: "answers that are not what was promised: cut off, or of another type",
  clientSecret: "sign-in: a client secret that is refused and echoed",
  tokenError: "sign-in: other members and headers of a refusal",
  tokenAnswer: "sign-in: a token in an answer that cannot be used",
  certificate: "sign-in: the private key of a certificate, and its password",
  certificatePath: "sign-in: the path of a certificate",
  notACertificate: "sign-in: what a certificate file holds that is none, and a private key in the place of its path",
  oidcFile: "sign-in: the OIDC token in a file that is refused and echoed",
  oidcFilePath: "sign-in: the path of that file, and a token in the place of the path",
  oidcRequest: "sign-in: the query of an OIDC request URL, its bearer, and its answer",
  identityHeader: "sign-in: the header of a managed identity, and its refusal",
  azureCli: "sign-in: what the Azure CLI prints",
  control: "no secret: a backend's name, a description",
} as const;

export type Place = keyof typeof PLACES;

/** Where one can go out: the columns of the table. */
export const EXITS = {
  stdout: "stdout",
  stderr: "stderr",
  events: "event log",
  preview: "preview, diff, progress",
  verbose: "-v=9 log",
  state: "state file",
  provider: "`__provider`",
  errors: "error objects",
  crash: "crash output",
  cloudLog: "local cloud's log",
  notes: "notes on the machine",
  recording: "recordings",
} as const;

export type Exit = keyof typeof EXITS;

/** Where a canary is found by design: the marks and their reasons, below the table. */
export const BY_DESIGN: Partial<Record<Exit, Partial<Record<Place, Mark>>>> = {
  events: { misspelled: "plain" },
  verbose: { misspelled: "plain" },
  cloudLog: {
    wrappedText: "request",
    wrappedQuery: "request",
    wrappedInList: "request",
    wrappedInExtra: "request",
    extraCredentials: "request",
    prior: "request",
  },
  recording: { control: "masked" },
};

export type Mark = keyof typeof MARKS;

export const MARKS = {
  encrypted: "In the state, as ciphertext of the stack's passphrase alone: decrypted it is there, in the file it is not.",
  dump: "At `-v=9` the engine writes each property that crosses to or from any provider, and each registration's result, in plain text; the latter is an event of severity debug too. These lines are searched apart from all others, of which none has it.",
  plain:
    "An argument that was not wrapped, under a name that is none of the resource's: the engine takes it for an ordinary one. The refusal does not show it.",
  request:
    "What was sent is what this log is of. It replaces what gives access by its name; that a program had wrapped a text, the cloud is not told.",
  masked:
    "No name and no text of anybody stands in a recording, so not the control either: that it was sent while the recording was made is seen in the local cloud's log.",
} as const;

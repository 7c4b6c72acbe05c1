import { validationError } from "./armErrors";
import { isJsonObject, type JsonObject, type JsonValue } from "./exchange";

interface Problem {
  readonly target: string;
  readonly message: string;
}

/** What the rules must know about the service that the backend belongs to. */
export interface Neighbourhood {
  /** The type of a backend of the same service, undefined when there is none of that name. */
  typeOf(backendId: string): "Single" | "Pool" | undefined;
  readonly serviceId: string;
  /** What credentials may refer to; a list that is not given takes everything. */
  readonly references?: { readonly namedValues?: readonly string[]; readonly certificateIds?: readonly string[] };
}

const longestText: Readonly<Record<string, number>> = { title: 300, description: 2000, url: 2000, resourceId: 2000 };

/** Members that the older version neither shows nor takes. */
const newerMembers = ["circuitBreaker", "pool", "type"];

export function visibleIn(apiVersion: string, properties: JsonObject): JsonObject {
  if (apiVersion !== "2022-08-01") return properties;
  return Object.fromEntries(Object.entries(properties).filter(([member]) => !newerMembers.includes(member)));
}

/** PATCH: absent = unchanged, objects merge, lists and the two dictionaries are replaced as one value. */
export function mergePatch(current: JsonObject, patch: JsonObject, path = ""): JsonObject {
  const merged = { ...current };
  for (const [member, value] of Object.entries(patch)) {
    const here = path === "" ? member : `${path}.${member}`;
    const before = merged[member];
    const isDictionary = here === "credentials.header" || here === "credentials.query";
    merged[member] = isJsonObject(value) && isJsonObject(before) && !isDictionary ? mergePatch(before, value, here) : value;
  }
  return merged;
}

/** A weight or priority may be null by the specification; any other null in a PATCH is refused. */
export function refuseNulls(value: JsonValue, path = ""): void {
  const problems = nullsIn(value, path).filter((where) => !/^pool\.services\[\d+\]\.(weight|priority)$/.test(where));
  if (problems.length > 0)
    throw validationError(problems.map((target) => ({ target, message: `'${target.split(".").at(-1)}' should not be null.` })));
}

function nullsIn(value: JsonValue, path: string): string[] {
  if (value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((item, index) => nullsIn(item, `${path}[${index}]`));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([member, inner]) => nullsIn(inner, path === "" ? member : `${path}.${member}`));
}

/** PUT takes what GET shows, and GET shows nulls for what is unset. */
export function withoutNulls(value: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const [member, inner] of Object.entries(value)) {
    if (inner === null) continue;
    if (Array.isArray(inner)) kept[member] = inner.map((item) => (isJsonObject(item) ? withoutNulls(item) : item));
    else kept[member] = isJsonObject(inner) ? withoutNulls(inner) : inner;
  }
  return kept;
}

export interface BackendChange {
  /** The body of this request. */
  readonly sent: JsonObject;
  /** What the backend would become. */
  readonly wished: JsonObject;
  /** What a PATCH finds: what was wrong before, because a test put it there, is not the fault of this request. */
  readonly before: JsonObject | undefined;
}

export function refuseInvalidBackend({ sent, wished, before }: BackendChange, neighbourhood: Neighbourhood): void {
  const old = before === undefined ? [] : lastingProblems(before, neighbourhood);
  const isNew = (problem: Problem) => !old.some(({ target, message }) => target === problem.target && message === problem.message);
  const problems = [...lastingProblems(wished, neighbourhood), ...tlsProblems(sent)].filter(
    (problem) => isNew(problem) || problem.target in sent,
  );
  if (problems.length > 0) throw validationError(problems);
}

function lastingProblems(properties: JsonObject, neighbourhood: Neighbourhood): Problem[] {
  return [
    ...typeProblems(properties, neighbourhood),
    ...textProblems(properties),
    ...credentialProblems(properties),
    ...referenceProblems(properties, neighbourhood),
    ...circuitBreakerProblems(properties),
  ];
}

function typeProblems(wished: JsonObject, neighbourhood: Neighbourhood): Problem[] {
  const type = wished.type ?? "Single";
  if (type === "Pool") {
    return [
      ...("url" in wished ? [{ target: "url", message: "Url is not supported for backend pool." }] : []),
      ...("protocol" in wished ? [{ target: "protocol", message: "Protocol is not supported for backend pool." }] : []),
      ...poolProblems(wished.pool, neighbourhood),
    ];
  }
  if (type !== "Single") return [{ target: "type", message: "'type' should be Single or Pool." }];
  const missing = ["url", "protocol"].filter((member) => !isText(wished[member]));
  const problems = missing.map((target) => ({ target, message: `'${target}' should not be empty.` }));
  if (isText(wished.protocol) && !["http", "soap"].includes(wished.protocol)) {
    problems.push({ target: "protocol", message: "'protocol' should be http or soap." });
  }
  return problems;
}

function poolProblems(pool: JsonValue | undefined, neighbourhood: Neighbourhood): Problem[] {
  const services = isJsonObject(pool) && Array.isArray(pool.services) ? pool.services : [];
  if (services.length === 0) return [{ target: "pool", message: "'services' should have at least one member." }];
  return services.flatMap((service) => (isJsonObject(service) ? memberProblems(service, neighbourhood) : []));
}

function memberProblems(service: JsonObject, neighbourhood: Neighbourhood): Problem[] {
  const id = isText(service.id) ? service.id : "";
  const [, ofService = "", name = id] = /^(.*)\/backends\/([^/]+)$/i.exec(id) ?? [];
  const elsewhere = ofService !== "" && ofService.toLowerCase() !== neighbourhood.serviceId.toLowerCase();
  const type = elsewhere ? undefined : neighbourhood.typeOf(name);
  if (type === undefined) return [{ target: "pool", message: `Backend Entity '${name}' not found.` }];
  if (type === "Pool") return [{ target: "pool", message: `Backend Entity '${name}' is a pool and cannot be part of a pool.` }];
  const outside = ["weight", "priority"].filter((member) => isOutside(service[member], 0, 100));
  return outside.map((member) => ({ target: `pool.services.${member}`, message: `'${member}' should be between 0 and 100.` }));
}

function textProblems(wished: JsonObject): Problem[] {
  return Object.entries(longestText).flatMap(([member, longest]) => {
    const value = wished[member];
    const fits = value === undefined || (typeof value === "string" && value.length >= 1 && value.length <= longest);
    // An empty url has its own sentence already.
    return fits || (member === "url" && value === "")
      ? []
      : [{ target: member, message: `'${member}' should have 1 to ${longest} characters.` }];
  });
}

function tlsProblems(sent: JsonObject): Problem[] {
  if (!isJsonObject(sent.tls)) return [];
  const missing = ["validateCertificateChain", "validateCertificateName"].filter((flag) => isJsonObject(sent.tls) && !(flag in sent.tls));
  return missing.length === 1 ? [{ target: `tls.${missing[0]}`, message: "Default backend property required" }] : [];
}

function credentialProblems(wished: JsonObject): Problem[] {
  const credentials = isJsonObject(wished.credentials) ? wished.credentials : {};
  const emptyLists = ["certificate", "certificateIds"].filter(
    (member) => Array.isArray(credentials[member]) && credentials[member].length === 0,
  );
  const authorization = credentials.authorization;
  const missing = isJsonObject(authorization) ? ["scheme", "parameter"].filter((member) => !isText(authorization[member])) : [];
  const proxyWithoutUrl = isJsonObject(wished.proxy) && !isText(wished.proxy.url);
  return [
    ...emptyLists.map((member) => ({ target: `credentials.${member}`, message: `'${member}' should not be empty.` })),
    ...missing.map((member) => ({ target: `credentials.authorization.${member}`, message: `'${member}' should not be empty.` })),
    ...(proxyWithoutUrl ? [{ target: "proxy.url", message: "'url' should not be empty." }] : []),
  ];
}

/** `{{name}}` stands for a named value of the service. */
function referenceProblems(wished: JsonObject, { references = {} }: Neighbourhood): Problem[] {
  const credentials = isJsonObject(wished.credentials) ? wished.credentials : {};
  const { namedValues, certificateIds } = references;
  const ids = Array.isArray(credentials.certificateIds) ? credentials.certificateIds.filter(isText) : [];
  const names = [...JSON.stringify(credentials).matchAll(/\{\{([^{}]+)\}\}/g)].map(([, name = ""]) => name);
  const unknown = (given: readonly string[], known: readonly string[] | undefined) =>
    known === undefined ? [] : given.filter((each) => !known.includes(each));
  return [
    ...unknown(names, namedValues).map((name) => ({ target: "credentials", message: `Property '${name}' not found.` })),
    ...unknown(ids, certificateIds).map((id) => ({ target: "credentials", message: `Certificate with id '${id}' not found.` })),
  ];
}

function circuitBreakerProblems(wished: JsonObject): Problem[] {
  const rules = isJsonObject(wished.circuitBreaker) && Array.isArray(wished.circuitBreaker.rules) ? wished.circuitBreaker.rules : [];
  const problems: Problem[] =
    rules.length > 15 ? [{ target: "circuitBreaker.rules", message: "'rules' should have at most 15 members." }] : [];
  for (const rule of rules) {
    const condition = isJsonObject(rule) && isJsonObject(rule.failureCondition) ? rule.failureCondition : undefined;
    if (condition !== undefined && "count" in condition === "percentage" in condition) {
      problems.push({
        target: "circuitBreaker.rules.failureCondition",
        message: "Exactly one of 'count' and 'percentage' should be given.",
      });
    }
  }
  return problems;
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}

function isOutside(value: JsonValue | undefined, least: number, most: number): boolean {
  return typeof value === "number" && (value < least || value > most);
}

/** Everything in a backend that gives access to something. */
export function secretsOf(properties: JsonObject): string[] {
  const credentials = isJsonObject(properties.credentials) ? properties.credentials : {};
  const authorization = isJsonObject(credentials.authorization) ? credentials.authorization : {};
  const proxy = isJsonObject(properties.proxy) ? properties.proxy : {};
  const dictionaries = [credentials.header, credentials.query].flatMap((dictionary) =>
    isJsonObject(dictionary) ? Object.values(dictionary).flat() : [],
  );
  return [authorization.parameter, proxy.password, ...dictionaries].filter((value): value is string => typeof value === "string");
}

import type { Cloud, FaultRule } from "../cloud";
import type { Canaries } from "./canary";
import type { Place } from "./places";
import { type Carrier, group } from "./scenario";

type Members = Record<string, unknown>;

/** Resources that fail at their creation, each in another way, with canaries in what the cloud answers. */
export function illOnes(cloud: Cloud, canaries: Canaries): Carrier[] {
  cloud.addApiManagementService("ill");
  return [
    ...refusedOnes(cloud, canaries),
    ...strangeOnes(cloud, canaries),
    ...operations(cloud, canaries),
    ofTheOtherCloud(cloud, canaries),
  ];
}

function backend(name: string, members: Members): Carrier {
  const given = { resourceGroupName: group, serviceName: "ill", backendId: name, ...members };
  return { service: "apimanagement", type: "BackendPatch", name, given, again: given };
}

function prepared(cloud: Cloud, names: readonly string[], rules: readonly FaultRule[]): void {
  for (const name of names) cloud.addBackend("ill", name, { url: "https://orders.example/", protocol: "http" });
  for (const rule of rules) cloud.faults.add(rule);
}

function headers(canaries: Canaries): Record<string, string> {
  const at = () => canaries.at("responseHeaders");
  const text = {
    "Content-Type": `application/json; charset=utf-8; note=${at()}`,
    server: at(),
    "www-authenticate": `Bearer realm="${at()}"`,
  };
  return { ...text, "set-cookie": `session=${at()}`, "x-ms-failure-cause": at(), ETag: `"${at()}"`, "x-debug": at() };
}

/** A refusal that says too much in each of its members. */
function sayingTooMuch(canaries: Canaries, ...echoes: string[]): Members {
  const at = (place: Place) => canaries.at(place);
  const echo = echoes.join(" and ");
  const spelled = [
    `Endpoint=https://x.example;AccessKey=${at("errorSpellings")};Version=1.0;`,
    `Authorization: Bearer ${at("errorSpellings")}`,
    `https://x.example/a?sig=${at("errorSpellings")}`,
    `https://user:${at("errorSpellings")}@x.example/`,
    `"password": "${at("errorSpellings")}"`,
  ];
  const other = () => ({ [at("errorMembers")]: at("errorMembers"), value: at("errorMembers"), list: [{ text: at("errorMembers") }] });
  const nested = JSON.stringify({ error: { code: "Inner", message: `Inner: ${echo}`, ...other() } });
  const details = [{ code: "ValidationError", target: echo, message: `The value ${echo} is not good.`, ...other() }, { message: nested }];
  const message = `Refused: ${echo}. ${spelled.join(" ")}`;
  const innererror = { message: `More: ${echo}`, stack: at("errorMembers"), ...other() };
  const error = { code: "ValidationError", message, target: echo, details, innererror, additionalInfo: [other()], ...other() };
  return { error, ...other() };
}

function refusedOnes(cloud: Cloud, canaries: Canaries): Carrier[] {
  const [parameter, header, password] = [canaries.at("echoed"), canaries.at("echoed"), canaries.at("echoed")];
  const body = sayingTooMuch(canaries, parameter, header, password, cloud.accessToken) as never;
  const refused = canaries.at("control");
  const path = `/ill/backends/${refused}`;
  const script = `<script>var token = "${canaries.at("errorPage")}";</script><meta name="a" content="${canaries.at("errorPage")}">`;
  const page = `<html><head>${script}</head><body data-key="${canaries.at("errorPage")}">Blocked. password=${canaries.at("errorPage")}</body></html>`;
  const html = { "Content-Type": "text/html" };
  prepared(
    cloud,
    [refused, "page", "redirect"],
    [
      { method: "PATCH", path, mode: "answer", status: 400, headers: headers(canaries), body },
      { method: "GET", path: "/ill/backends/page", mode: "answer", status: 403, headers: html, body: page },
      {
        method: "GET",
        path: "/ill/backends/redirect",
        mode: "redirect",
        location: `https://elsewhere.example/?token=${canaries.at("redirect")}`,
      },
    ],
  );
  const credentials = { authorization: { scheme: "Bearer", parameter }, header: { "x-a": [header] } };
  return [
    backend(refused, { title: "t", credentials, proxy: { url: "https://proxy.example/", password } }),
    backend("page", { title: "t" }),
    backend("redirect", { title: "t" }),
  ];
}

/** Answers of 200 that are not what was promised, with a backend's credentials in them. */
function strangeOnes(cloud: Cloud, canaries: Canaries): Carrier[] {
  const at = () => canaries.at("brokenAnswer");
  const whole = () =>
    JSON.stringify({ properties: { credentials: { header: { "x-a": [at()] }, authorization: { scheme: at(), parameter: at() } } } });
  const json = { "Content-Type": "application/json", ETag: '"1"' };
  const strange: [string, Record<string, string>, string][] = [
    ["cut", json, whole().slice(0, -6)],
    ["list", json, `[${whole()}]`],
    ["plain", { "Content-Type": `text/plain; note=${at()}` }, whole()],
    ["bare", json, `"${at()}"`],
    ["lines", { "Content-Type": "text/plain" }, `\n\n  ${whole()}\n`],
  ];
  prepared(
    cloud,
    strange.map(([name]) => name),
    strange.map(([name, sent, body]) => ({
      method: "GET",
      path: `/ill/backends/${name}`,
      mode: "answer",
      status: 200,
      headers: sent,
      body,
    })),
  );
  return strange.map(([name]) => backend(name, { title: "t" }));
}

function operations(cloud: Cloud, canaries: Canaries): Carrier[] {
  const accepted = (service: string, url: string) => {
    cloud.addWebPubSub(service);
    cloud.faults.add({
      action: "regenerateKey",
      path: `/${service}/`,
      mode: "answer",
      status: 202,
      headers: { "azure-asyncoperation": url },
      body: {},
    });
    const given = { resourceGroupName: group, resourceName: service, keyType: "Primary" };
    return { service: "webpubsub", type: "KeyRegeneration", name: service, given, again: given } as const;
  };
  const status = "/subscriptions/s/providers/p/locations/l/operationStatuses";
  const signed = `${cloud.url}${status}/signed?api-version=1&s=${canaries.at("pollingUrl")}`;
  cloud.faults.add({
    kind: "POLL",
    path: status,
    times: 3,
    mode: "answer",
    status: 404,
    headers: headers(canaries),
    body: sayingTooMuch(canaries) as never,
  });
  return [
    accepted("signed", signed),
    accepted("elsewhere", `https://elsewhere.example/${canaries.at("elsewhere")}?s=${canaries.at("elsewhere")}`),
  ];
}

function ofTheOtherCloud(cloud: Cloud, canaries: Canaries): Carrier {
  const { accessKeySecret, securityToken } = cloud.identity.temporary;
  const at = () => canaries.at("errorXml");
  const members = `<HostId>${at()}</HostId><Recommend>https://x.example/?a=${at()}</Recommend><Secret>${at()}</Secret>`;
  const body = `<?xml version="1.0"?><Error><Code>Forbidden.RAM</Code><Message>Not with ${accessKeySecret} and ${securityToken}.</Message>${members}</Error>`;
  cloud.addInstance({ instanceId: "r-ill" });
  cloud.faults.add({
    query: { InstanceId: "r-ill" },
    mode: "answer",
    status: 403,
    headers: { ...headers(canaries), "Content-Type": "text/xml" },
    body,
  });
  return { service: "kvstore", type: "DirectConnection", name: "xml", given: { instanceId: "r-ill" }, again: {} };
}

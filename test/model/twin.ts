import type { JsonObject, JsonValue } from "../cloud";
import { refuseInvalidBackend } from "../cloud/backendRules";
import { Refusal } from "../cloud/exchange";
import type { Foreign, Start } from "./commands";
import { isWithin, type Leaves, leavesAt, leavesOf, overlaid, treeOf } from "./leaves";
import { withoutNullsInside } from "./meaning";

const url = "https://orders.example.com/";
const bare: JsonObject = { url, protocol: "http" };

export const starts: Readonly<Record<Start, JsonObject>> = {
  bare,
  full: {
    ...{ ...bare, title: "Orders", description: "by the API team", resourceId: "https://arm.example/subscriptions/s/sites/App" },
    credentials: {
      header: { "x-team": ["secret:1"] },
      authorization: { scheme: "Basic", parameter: "secret:2" },
      managedIdentity: { clientId: "secret:3", resource: "api" },
    },
    proxy: { url: "http://proxy.example.com", username: "proxy", password: "secret:4" },
    tls: { validateCertificateChain: false, validateCertificateName: true },
    properties: { serviceFabricCluster: { managementEndpoints: ["https://a"], clientCertificateId: "/certificates/A" } },
    circuitBreaker: { rules: [{ name: "r", tripDuration: "PT1M", failureCondition: { count: 3, interval: "PT1H" } }] },
    novelty: { depth: 3, inner: { a: "x" } },
    labels: ["a", "b"],
  },
  odd: {
    ...bare,
    credentials: { query: { key: ["secret:5"] }, certificateIds: ["/certificates/A"] },
    tls: { serverCertificateThumbprints: ["AB"] },
    novelty: { width: 1 },
    shape: { x: 1, y: 2 },
  },
};

/** Backends of the same service that a pool may have. */
export const poolMembers = ["eu", "us"];

/** What somebody else's change of one member is for `Cloud.changeBackend`: a member that loses its last one goes with it. */
export function patchOf(content: Leaves, at: string, value: JsonValue): JsonObject {
  if (value !== null) return treeOf(new Map([[at, value]]));
  const members = at.split(".");
  const isLast = (whole: string) => [...content.keys()].every((path) => !isWithin(path, whole) || isWithin(path, at));
  const widest = members.map((_, depth) => members.slice(0, depth + 1).join(".")).find(isLast);
  return treeOf(new Map([[widest ?? at, null]]));
}

/** A version, any version, or one that never was. */
export type IfMatch = number | "*" | "stale";

/** The backend in the service, as far as a client can tell. Every change has a number, which stands for the ETag. */
export class Twin {
  content: Leaves | undefined;
  version = 0;

  constructor(start: Start) {
    this.content = leavesOf(starts[start]);
  }

  change(foreign: Foreign): void {
    if (foreign.do === "replaced") this.store(leavesOf(starts[foreign.as]));
    if (foreign.do === "vanished") this.content = undefined;
    if (foreign.do !== "theirs" || this.content === undefined) return;
    this.store(overlaid(this.content, leavesAt(foreign.at, foreign.value)));
  }

  patch(ifMatch: IfMatch, sent: Leaves): "written" | "stale" | "refused" | "missing" {
    if (this.content === undefined) return "missing";
    if (ifMatch !== "*" && ifMatch !== this.version) return "stale";
    const wished = overlaid(this.content, sent);
    if (isRefused(sent, wished, this.content)) return "refused";
    this.store(wished);
    return "written";
  }

  put(ifMatch: IfMatch, whole: Leaves): "written" | "stale" | "refused" {
    if (this.content === undefined || (ifMatch !== "*" && ifMatch !== this.version)) return "stale";
    if (isRefused(whole, whole, undefined)) return "refused";
    this.store(whole);
    return "written";
  }

  private store(content: Leaves): void {
    this.version += 1;
    this.content = new Map([...content].map(([path, value]) => [path, withoutNullsInside(value)]));
  }
}

/** What the service refuses is not ours to know: its own rules say so. */
function isRefused(sent: Leaves, wished: Leaves, before: Leaves | undefined): boolean {
  const change = { sent: treeOf(sent), wished: treeOf(wished), before: before && treeOf(before) };
  try {
    refuseInvalidBackend(change, { serviceId: "", typeOf: (name) => (poolMembers.includes(name.toLowerCase()) ? "Single" : undefined) });
    return false;
  } catch (refusal) {
    if (refusal instanceof Refusal) return true;
    throw refusal;
  }
}

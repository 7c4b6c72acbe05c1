import { createHmac, randomBytes } from "node:crypto";

// What stands in a recording in the place of what a user or a service named: the same for the same value, another for
// another, of the same kind where that decides whether it can be read. It is a number in the order of appearance, so that
// nothing of the value is in it. The values themselves are kept as keyed digests, whose key ends with the process.

/** The origin of the endpoint that was talked to; whoever replays puts his own in its place. */
export const ENDPOINT = "https://endpoint.invalid";

/** Host names under which services give out their addresses: nobody's secret, and read by clients. */
const PUBLIC_HOSTS = /(\.redis\.rds\.aliyuncs\.com|\.aliyuncs\.com|\.azure-api\.net|\.webpubsub\.azure\.com|\.redis\.azure\.net)$/i;

/** What stands at the first, third, fifth … place of an ARM id, and the namespaces. */
const ARM_WORDS = new Set(
  (
    "subscriptions resourcegroups providers locations service backends redisenterprise privateendpointconnections privateendpoints " +
    "webpubsub certificates operationsstatus operationstatus operationstatuses operationresults operationsresults reconnect listkeys " +
    "regeneratekey microsoft.apimanagement microsoft.cache microsoft.signalrservice microsoft.network microsoft.resources microsoft.web"
  ).split(" "),
);

/** Parameters of an address that are the same for everybody. */
const QUERY_NAMES = new Set(["api-version", "t", "c", "s", "h", "asyncid"]);

/** Texts and their placeholders. */
export class Placeholders {
  private readonly key = randomBytes(32);
  private readonly numbers = new Map<string, number>();
  private readonly counts = new Map<string, number>();
  private readonly origins = new Set<string>();

  /** An endpoint of this run, whose addresses become those of `ENDPOINT`. */
  addEndpoint(origin: string): void {
    this.origins.add(origin.toLowerCase());
  }

  /** The placeholder of a text, of whatever kind it is. */
  of(text: string): string {
    if (text === "" || text === "*") return text;
    if (/^[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(text)) return this.url(text);
    if (/^\/[^/]/.test(text)) return this.path(text);
    const quoted = /^(W\/)?"(.*)"$/s.exec(text);
    if (quoted !== null) return `${quoted[1] ?? ""}"${this.of(quoted[2] ?? "")}"`;
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return this.guid(text);
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-]\d\d:?\d\d)?$/.test(text)) return new Date(this.number(text, "date") * 1000).toISOString();
    if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return this.address(text);
    return /^[\w-]+(\.[\w-]+)+$/.test(text) ? this.host(text) : this.word(text);
  }

  /** The placeholder of a number. */
  ofNumber(value: number): number {
    return 1_000_000 + this.number(String(value), "number");
  }

  /** An address with its scheme, its port and the words of ARM. */
  url(text: string): string {
    const [, scheme = "", authority = "", path = "", query, fragment] =
      /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(text) ?? [];
    const end = fragment === undefined ? "" : `#${this.word(fragment)}`;
    return `${this.origin(scheme, authority)}${this.path(path)}${query === undefined ? "" : `?${this.query(query)}`}${end}`;
  }

  /** The path of an address, percent-encoded or not, with or without a query. */
  path(text: string): string {
    const mark = text.indexOf("?");
    if (mark >= 0) return `${this.path(text.slice(0, mark))}?${this.query(text.slice(mark + 1))}`;
    const [first = "", ...segments] = text.split("/");
    const isArm = /^(subscriptions|providers|backends)$/i.test(segments[0] ?? "");
    const isKept = (segment: string, at: number) =>
      ARM_WORDS.has(segment.toLowerCase()) && (at % 2 === 0 || /^providers$/i.test(segments[at - 1] ?? ""));
    const masked = segments.map((segment, at) => (segment === "" || (isArm && isKept(segment, at)) ? segment : this.of(decoded(segment))));
    return [first === "" ? "" : this.of(decoded(first)), ...masked].join("/");
  }

  query(text: string): string {
    const pair = (name: string, value: string) => {
      const isVersion = name.toLowerCase() === "api-version" && /^\d{4}-\d\d-\d\d(-preview)?$/.test(value);
      return `${QUERY_NAMES.has(name.toLowerCase()) ? name : this.word(name)}=${isVersion ? value : encodeURIComponent(this.of(value))}`;
    };
    return [...new URLSearchParams(text)].map(([name, value]) => pair(name, value)).join("&");
  }

  /** Eight letters and digits that every contract takes for a name. */
  word(text: string): string {
    return this.spelled(text, "word", (count) => `name${String(count).padStart(4, "0")}`);
  }

  private guid(text: string): string {
    return this.spelled(text, "guid", (count) => `aaaaaaaa-0000-4000-8000-${String(count).padStart(12, "0")}`);
  }

  private address(text: string): string {
    const count = this.number(text, "address");
    return `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`;
  }

  private host(text: string): string {
    const own = PUBLIC_HOSTS.exec(text)?.[1] ?? "";
    const labels = text.slice(0, text.length - own.length).split(".");
    return `${labels.map((label) => this.word(label)).join(".")}${own}`;
  }

  private origin(scheme: string, authority: string): string {
    if (this.origins.has(`${scheme}${authority}`.toLowerCase())) return ENDPOINT;
    const [, user, host = "", port = ""] = /^(?:(.*)@)?(.*?)(:\d{1,5})?$/s.exec(authority) ?? [];
    return `${scheme}${user === undefined ? "" : `${this.word(user)}@`}${this.of(host)}${port}`;
  }

  /** Names whose case differs are the same for ARM, and yet two texts: so are their placeholders. */
  private spelled(text: string, kind: string, form: (count: number) => string): string {
    const base = form(this.number(text.toLowerCase(), kind));
    const spelling = this.number(text, `spelling of ${base}`) - 1;
    return base.slice(0, spelling).toUpperCase() + base.slice(spelling);
  }

  private number(text: string, kind: string): number {
    const digest = createHmac("sha256", this.key).update(`${kind} ${text}`, "utf16le").digest("base64");
    const known = this.numbers.get(digest);
    if (known !== undefined) return known;
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    this.numbers.set(digest, count);
    return count;
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

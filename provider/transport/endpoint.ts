import { ConfigurationError } from "../errors";

/** Whether a URL's host is this machine, by its spelling alone: no name is resolved. */
export function isLoopback(hostname: string): boolean {
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname) || hostname === "localhost" || hostname === "[::1]";
}

/** Whether a proxy has no way to a host: this machine, or what lies beside it as its metadata service does. */
export function isOnThisMachine(hostname: string): boolean {
  return isLoopback(hostname) || /^169\.254\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/**
 * The origin of an endpoint setting: https, or http for a loopback host, and nothing but scheme, host and port.
 * A bare host counts as https.
 */
export function endpointOrigin(text: string, setting: string): string {
  const refuse = (why: string) => new ConfigurationError(`${setting} is not a usable endpoint: ${why}. Give it as https://host.`);
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === undefined) throw refuse("it is not a URL");
  if (url.username !== "" || url.password !== "") throw refuse("it carries a user name or password");
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text)) throw refuse("it carries a query or a fragment");
  if (url.pathname !== "/") throw refuse("it carries a path");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw refuse("http is accepted for a loopback host only, because a token would travel without TLS");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse("it is neither https nor http");
  return url.origin;
}

/** A URL, or undefined when the text is none. */
export function parse(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

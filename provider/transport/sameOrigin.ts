import { UnexpectedAnswerError } from "../errors";
import { parse } from "./endpoint";

/**
 * A URL of the service that the token may travel to: verbatim, and only at the endpoint's own origin. ARM promises that
 * the host is the same; a header is no reason to hand the token to another one.
 */
export function sameOrigin(name: string, url: string, endpoint: string): string {
  const resolved = parse(url, `${endpoint}/`);
  const inside =
    resolved !== undefined && resolved.origin === new URL(endpoint).origin && resolved.username === "" && resolved.password === "";
  if (!inside || /[\s\p{Cc}]/u.test(url.trim())) {
    const host = resolved === undefined || resolved.host === "" ? "an unusable address" : `the host ${resolved.host.slice(0, 100)}`;
    throw new UnexpectedAnswerError(
      `${name} was accepted, and the service names ${host} for the operation's status, which is not the endpoint ${endpoint}. No token was sent there. ` +
        "Behind a gateway, set patchbay:resourceManagerEndpoint to the address that the service itself uses.",
    );
  }
  return /^https?:/i.test(url) ? url : resolved.href;
}

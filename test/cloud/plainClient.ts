import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { type Cloud, defaultResourceGroup } from "./index";

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly text: string;
  /** undefined when the body is not JSON. */
  readonly json: unknown;
}

export interface PlainRequest {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** undefined sends none. */
  readonly token?: string | undefined;
}

/** One request over a connection of its own, with nothing added but what is asked for. */
export function send(url: string, method: string, headers: Record<string, string> = {}, body = ""): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method, headers: { ...headers, ...(body === "" ? {} : { "Content-Length": Buffer.byteLength(body) }) }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            text,
            json: parsed(text),
          });
        });
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** A request to ARM; `path` starts after the resource group's `/providers/`, or at the root. */
export function arm(cloud: Cloud, method: string, path: string, options: PlainRequest = {}): Promise<PlainAnswer> {
  const group = `/subscriptions/${cloud.identity.subscriptionId}/resourceGroups/${defaultResourceGroup}/providers/`;
  const token = "token" in options ? options.token : cloud.accessToken;
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(options.body === undefined ? {} : { "Content-Type": "application/json; charset=utf-8" }),
    ...options.headers,
  };
  const text = options.body === undefined ? "" : typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  return send(`${cloud.url}${path.startsWith("/") ? path : group + path}`, method, headers, text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { CloudRequest, JsonValue } from "../cloud";
import type { RecordedExchange } from "../cloud/recordingFile";

/** What stands in a recording for what was really sent: by comparing the two, request by request. */
export function dictionaryOf(sent: readonly CloudRequest[], recorded: readonly RecordedExchange[]): Map<string, string> {
  const words = new Map<string, string>();
  const add = (real: JsonValue | undefined, masked: JsonValue | undefined): void => {
    if (typeof real === "string" && typeof masked === "string") {
      words.set(real, masked);
    } else if (typeof real === "object" && real !== null && typeof masked === "object" && masked !== null) {
      const others = Object.entries(masked);
      for (const [at, [name, value]] of Object.entries(real).entries()) {
        words.set(name, others[at]?.[0] ?? name);
        add(value, others[at]?.[1]);
      }
    }
  };
  for (const [at, { path, query, body }] of sent.entries()) {
    const exchange = recorded[at] as RecordedExchange;
    add(path.split("/").map(decodeURIComponent), exchange.path.split("/"));
    add(query as Record<string, string>, Object.fromEntries(new URLSearchParams(exchange.query)));
    if (body !== "") add(JSON.parse(body) as JsonValue, exchange.body);
  }
  return words;
}

/** Arguments with the words of the recording. */
export function translated<T>(value: T, words: ReadonlyMap<string, string>): T {
  const of = (part: unknown): unknown => {
    if (typeof part === "string") return words.get(part) ?? part;
    if (Array.isArray(part)) return part.map(of);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [words.get(name) ?? name, of(inner)]));
  };
  return of(value) as T;
}

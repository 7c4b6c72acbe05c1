import type { Readable } from "node:stream";
import { LONGEST_BODY_BYTES } from "./http";
import type { PipelinePolicy } from "./signInPolicy";

/** The library keeps every body as a text, however long it gets: it is asked for the stream, which is read to a limit. */
export function boundedBody(): PipelinePolicy {
  return {
    name: "boundedBody",
    async sendRequest(request, next) {
      const stop = new AbortController();
      const end = () => stop.abort();
      const { abortSignal } = request;
      abortSignal?.addEventListener("abort", end);
      request.abortSignal = stop.signal;
      request.streamResponseStatusCodes = new Set([Number.POSITIVE_INFINITY]);
      try {
        const { readableStreamBody, ...response } = await next(request);
        return { ...response, bodyAsText: await textOf(readableStreamBody as Readable | undefined, stop) };
      } finally {
        abortSignal?.removeEventListener("abort", end);
        request.abortSignal = abortSignal;
      }
    },
  };
}

/** What is being unpacked does not learn that its connection has ended: the stop ends it. */
async function textOf(stream: Readable | undefined, stop: AbortController): Promise<string> {
  const end = () => stream?.destroy(new Error("stopped"));
  stop.signal.addEventListener("abort", end);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream ?? []) {
      chunks.push(Buffer.from(chunk));
      length += chunk.length;
      if (length > LONGEST_BODY_BYTES) throw new Error("maxContentLength");
    }
    return Buffer.concat(chunks).toString();
  } catch (error) {
    // The connection is no use any more.
    stop.abort();
    throw error;
  } finally {
    stop.signal.removeEventListener("abort", end);
  }
}

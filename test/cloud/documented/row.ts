import type { Cloud } from "../index";

/** One error that the service documents, or that the cloud makes up, as an official client meets it. */
export interface ErrorRow {
  /** As the contract calls it. */
  readonly operation: string;
  readonly status: number;
  /** Empty where the answer has no body. */
  readonly code: string;
  readonly sentence: string;
  /** Target and message of each detail. */
  readonly details?: readonly (readonly [target: string, message: string])[];
  /** Brings the cloud into the state and the official client to the error. */
  provoke(cloud: Cloud): Promise<unknown>;
}

/** What a request is to be like in place of what the client made of it. */
export interface ChangedRequest {
  url: string;
  method: string;
  body?: unknown;
  readonly headers: { set(name: string, value: string): void; delete(name: string): void };
}

interface Changing {
  name: string;
  sendRequest<Request extends ChangedRequest, Answer>(request: Request, next: (request: Request) => Answer): Answer;
}

/** A client checks its arguments and writes its requests itself; some errors only another request meets. */
export function changing<Client extends { pipeline: { addPolicy(policy: Changing, options: { phase: "Sign" }): void } }>(
  client: Client,
  change: (request: ChangedRequest) => void,
): Client {
  const sendRequest: Changing["sendRequest"] = (request, next) => {
    change(request);
    return next(request);
  };
  client.pipeline.addPolicy({ name: "changedRequest", sendRequest }, { phase: "Sign" });
  return client;
}

import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { send } from "./plainClient";

// Whoever has a connection string, as the official library for servers uses it: a token for each request, signed with the key.

/** Sends a message to a hub of the local cloud, and gives the status of the answer. */
export async function sendToHub(cloudUrl: string, connectionString: string, validForSeconds = 60): Promise<number> {
  const [, host = ""] = /Endpoint=https:\/\/([^;]+);/.exec(connectionString) ?? [];
  const [, key = ""] = /AccessKey=([^;]+);/.exec(connectionString) ?? [];
  const path = "/api/hubs/chat/:send";
  const claims = { aud: `https://${host}${path}`, exp: Math.floor(Date.now() / 1000) + validForSeconds };
  const signed = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const authorization = `Bearer ${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
  // The name of the service is in the connection string; only the address is that of the local cloud.
  return (await send(`${cloudUrl}${path}`, "POST", { Host: host, Authorization: authorization }, "hello")).status;
}

/** Sends without a pause, with the connection string that it was given last. */
export class RestlessClient {
  /** Statuses of answers other than "taken". */
  readonly refusals: number[] = [];
  sent = 0;
  #connectionString: string | undefined;
  #isOver = false;
  readonly #ended: Promise<void>;

  constructor(private readonly cloudUrl: string) {
    this.#ended = this.#send();
  }

  /** What a deployment of the client does. */
  isGiven(connectionString: string): void {
    this.#connectionString = connectionString;
  }

  /** Comes back when so many more messages have been answered. */
  async hasSent(more: number): Promise<void> {
    const until = this.sent + more;
    while (this.sent < until && !this.#isOver) await delay(5);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }

  async #send(): Promise<void> {
    while (!this.#isOver) {
      const connectionString = this.#connectionString;
      if (connectionString !== undefined) {
        const status = await sendToHub(this.cloudUrl, connectionString);
        this.sent += 1;
        if (status !== 202) this.refusals.push(status);
      }
      await delay(5);
    }
  }
}

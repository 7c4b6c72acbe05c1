import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { type Answer, firstHalf, withoutHeader } from "./exchange";
import type { Ending, FaultRule } from "./faults";

/** Where an answer goes: node's response for sound ones, the bare socket for those that HTTP does not allow. */
export interface Line {
  readonly method: string;
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Runs later unless the cloud has been stopped before. */
  later(delayMs: number, action: () => void): void;
}

/** Sends an answer, damaged as the fault says. */
export function deliver(line: Line, answer: Answer, fault: FaultRule | undefined): void {
  switch (fault?.mode) {
    case "reset":
    case "close":
    case "hang":
      end(line.socket, fault.mode);
      break;
    case "delay":
      line.later(fault.delayMs, () => send(line, answer));
      break;
    case "hold":
      void fault.until.then(() => send(line, answer));
      break;
    case "hugeHeader":
      sendRaw(line, answer, [["X-Padding", "x".repeat(fault.bytes ?? 5 * 1024 * 1024)]], answer.body, () => end(line.socket, "close"));
      break;
    case "duplicateHeaders":
      sendRaw(line, answer, fault.headers, answer.body, () => end(line.socket, "close"));
      break;
    case "gzipBomb":
      sendGzipBomb(line, fault.decodedBytes ?? 256 * 1024 * 1024);
      break;
    case "halfHeaders":
      writeThen(line, firstHalf(headOf(answer, [])), () => end(line.socket, fault.ending ?? "close"));
      break;
    case "halfBody":
      sendHalfBody(line, answer, fault.ending ?? "close", fault.pauseMs ?? 50);
      break;
    case "contentLength":
      sendWrongLength(line, answer, fault.differenceBytes);
      break;
    case "drip":
      drip(line, answer, fault.bytesPerChunk ?? 1, fault.intervalMs ?? 50);
      break;
    case "endless":
      goOnForEver(line, answer, fault.bytesPerChunk ?? 1, fault.intervalMs ?? 50);
      break;
    case "notHttp":
      writeThen(line, "SSH-2.0-OpenSSH_9.7\r\n", () => end(line.socket, "close"));
      break;
    default:
      send(line, answer);
      break;
  }
}

export function end(socket: Socket, how: Ending): void {
  if (how === "reset") socket.resetAndDestroy();
  if (how === "close") socket.end();
}

function send(line: Line, answer: Answer): void {
  const headers = { ...withoutHeader(answer.headers, "content-length"), "Content-Length": String(Buffer.byteLength(answer.body)) };
  const hasBody = line.method !== "HEAD" && answer.status !== 204 && answer.status !== 304;
  line.response.writeHead(answer.status, answer.status === 204 ? withoutHeader(headers, "content-length") : headers);
  line.response.end(hasBody ? answer.body : undefined);
}

function headOf(answer: Answer, more: readonly (readonly [string, string])[]): string {
  const own = Object.entries(answer.headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
  const lines = [...own, ...more].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${answer.status} Scripted\r\n${lines.join("")}\r\n`;
}

function sendRaw(line: Line, answer: Answer, more: readonly (readonly [string, string])[], body: string, then: () => void): void {
  const sized = {
    ...answer,
    headers: {
      ...withoutHeader(answer.headers, "content-length"),
      "Content-Length": String(Buffer.byteLength(answer.body)),
      Connection: "close",
    },
  };
  writeThen(line, headOf(sized, more) + body, then);
}

function sendHalfBody(line: Line, answer: Answer, ending: Ending | "finish", pauseMs: number): void {
  const half = firstHalf(answer.body);
  sendRaw(line, answer, [], half, () => {
    if (ending !== "finish") return line.later(pauseMs, () => end(line.socket, ending));
    line.later(pauseMs, () => writeThen(line, answer.body.slice(half.length), () => end(line.socket, "close")));
  });
}

function sendWrongLength(line: Line, answer: Answer, differenceBytes: number): void {
  const length = Math.max(0, Buffer.byteLength(answer.body) + differenceBytes);
  const headers = { ...withoutHeader(answer.headers, "content-length"), "Content-Length": String(length), Connection: "close" };
  writeThen(line, headOf({ ...answer, headers }, []) + answer.body, () => line.later(50, () => end(line.socket, "close")));
}

function sendGzipBomb(line: Line, decodedBytes: number): void {
  const bomb = gzipSync(Buffer.alloc(decodedBytes, " "));
  line.response.writeHead(200, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Encoding": "gzip",
    "Content-Length": String(bomb.length),
  });
  line.response.end(bomb);
}

function drip(line: Line, answer: Answer, bytesPerChunk: number, intervalMs: number): void {
  const bytes = Buffer.from(answer.body);
  line.response.writeHead(answer.status, { ...withoutHeader(answer.headers, "content-length"), "Content-Length": String(bytes.length) });
  line.response.flushHeaders();
  const next = (from: number): void => {
    if (line.socket.destroyed) return;
    if (from >= bytes.length) {
      line.response.end();
      return;
    }
    line.response.write(bytes.subarray(from, from + bytesPerChunk));
    line.later(intervalMs, () => next(from + bytesPerChunk));
  };
  next(0);
}

function goOnForEver(line: Line, answer: Answer, bytesPerChunk: number, intervalMs: number): void {
  line.response.writeHead(answer.status, withoutHeader(answer.headers, "content-length"));
  line.response.write(answer.body);
  const next = (): void => {
    if (line.socket.destroyed) return;
    // What nobody reads would otherwise pile up here.
    if (!line.response.writableNeedDrain) line.response.write(" ".repeat(bytesPerChunk));
    line.later(intervalMs, next);
  };
  next();
}

function writeThen(line: Line, text: string, then: () => void): void {
  line.socket.write(text, then);
}

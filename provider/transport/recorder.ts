import { appendFileSync, closeSync, openSync } from "node:fs";
import path from "node:path";
import type { Json } from "../engine/operation";
import { Placeholders } from "./placeholders";
import { userAgent } from "./userAgent";

/** Of a whole recording, and of one exchange. */
export interface RecordingLimits {
  readonly bytes: number;
  readonly lineBytes: number;
}

export const RECORDING_LIMITS: RecordingLimits = { bytes: 16 * 1024 * 1024, lineBytes: 512 * 1024 };
/** Each process writes a file of its own, because its placeholders mean something in it alone. */
const MOST_FILES = 99;
const FORMAT = 1;

/** Says something that stays under the resource whose request it was. */
export type Tell = (severity: "info" | "warning", sentence: string) => void;

export type Line = { readonly [member: string]: Json | undefined };

/** One recording: a file of JSON lines, the first about itself, each other one an exchange. */
export class Recorder {
  readonly placeholders = new Placeholders();
  private readonly startedMs = Date.now();
  private file: string | undefined;
  private hasEnded = false;
  private written = 0;
  private exchanges = 0;

  /** @param wished the file; where there is one already, `-2` is put behind its name, and so on */
  constructor(
    private readonly wished: string,
    private readonly limits = RECORDING_LIMITS,
  ) {}

  /** The place of an exchange in the order of sending, and when it was sent, in milliseconds since the first. */
  begin(): { readonly index: number; readonly atMs: number } {
    this.exchanges += 1;
    return { index: this.exchanges - 1, atMs: Date.now() - this.startedMs };
  }

  /** Writes a line. What goes wrong with that is said once, and is never the request's own failure. */
  write(lineOf: () => Line, tell: Tell): void {
    if (this.hasEnded) return;
    try {
      const line = lineOf();
      this.file ??= this.open(tell);
      const text = JSON.stringify(line);
      const whole = Buffer.byteLength(text) <= this.limits.lineBytes ? text : JSON.stringify({ ...line, ...withoutBodies(line) });
      if (this.written + Buffer.byteLength(whole) > this.limits.bytes) {
        this.append(JSON.stringify({ ended: "full" }));
        throw new Error(`it has reached ${this.limits.bytes / 1024 / 1024} MiB`);
      }
      this.append(whole);
    } catch (error) {
      this.hasEnded = true;
      tell("warning", `The recording in ${this.file ?? this.wished} ends here: ${reasonOf(error)}. The run itself goes on.`);
    }
  }

  private open(tell: Tell): string {
    const file = freeFile(path.resolve(this.wished));
    const [, version = ""] = userAgent().split("/");
    this.file = file;
    this.append(JSON.stringify({ recording: FORMAT, version, node: process.version, platform: process.platform }));
    tell("info", `What is sent and answered in this run is recorded in ${file}, without names, texts, keys and tokens.`);
    return file;
  }

  private append(line: string): void {
    appendFileSync(this.file as string, `${line}\n`);
    this.written += Buffer.byteLength(line) + 1;
  }
}

/** A new file that its owner alone may read. */
function freeFile(wished: string): string {
  const { dir, name, ext } = path.parse(wished);
  for (let number = 1; ; number++) {
    const file = number === 1 ? wished : path.join(dir, `${name}-${number}${ext}`);
    try {
      closeSync(openSync(file, "ax", 0o600));
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST" || number === MOST_FILES) throw error;
    }
  }
}

function withoutBodies(line: Line) {
  const bare = (part: Json | undefined) => ({ ...(part as object), body: undefined, tooLong: true });
  return { request: bare(line["request"]), ...(line["answer"] === undefined ? {} : { answer: bare(line["answer"]) }) };
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `it cannot be written (${code})`;
}

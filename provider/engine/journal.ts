import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { JsonObject } from "./operation";
import { isObject } from "./state";

// What a process was about to do when it died. The engine records what a hook gives back; if the process or the engine is
// killed after a request that acts each time it arrives and before that, no state tells of it, and the next run would act
// again. A note holds no secret, and helps on the same machine only: where its folder is gone, the next run cannot know.

/** Notes of this machine, one a resource. */
export interface Journal {
  /** What was noted under a key and not forgotten; undefined where there is nothing that can be relied on. */
  recall(key: string): JsonObject | undefined;
  note(key: string, intent: JsonObject): void;
  forget(key: string): void;
}

const FORMAT = 1;
/** Whoever comes back later than this may have run from elsewhere in the meantime. */
const STALE_AFTER_MS = 12 * 3_600_000;

/** Notes in a folder. A folder that cannot be written is no reason to refuse the work itself. */
export function openJournal(directory: string, now: () => number = Date.now): Journal {
  const fileOf = (key: string) => path.join(directory, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.json`);
  return {
    recall: (key) => quietly(() => fresh(JSON.parse(readFileSync(fileOf(key), "utf8")), now())),
    note: (key, intent) =>
      void quietly(() => {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        const file = fileOf(key);
        // Written beside it and renamed: a process that dies in between leaves the old note or the new one.
        writeFileSync(`${file}.${process.pid}`, JSON.stringify({ format: FORMAT, atMs: now(), intent }), { mode: 0o600 });
        renameSync(`${file}.${process.pid}`, file);
      }),
    forget: (key) => void quietly(() => rmSync(fileOf(key), { force: true })),
  };
}

/** The folder for notes, by the custom of each platform. */
export function journalDirectory(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const { join } = platform === "win32" ? path.win32 : path.posix;
  const home = environment.HOME || homedir();
  const state: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join(home, "Library", "Application Support"),
    win32: environment.LOCALAPPDATA || join(home, "AppData", "Local"),
  };
  return join(environment.XDG_STATE_HOME || state[platform] || join(home, ".local", "state"), "pulumi-patchbay", "journal");
}

function fresh(record: unknown, nowMs: number): JsonObject | undefined {
  if (!isObject(record) || record.format !== FORMAT || typeof record.atMs !== "number" || !isObject(record.intent)) return undefined;
  const ageMs = nowMs - record.atMs;
  return ageMs >= 0 && ageMs <= STALE_AFTER_MS ? (record.intent as JsonObject) : undefined;
}

function quietly<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}

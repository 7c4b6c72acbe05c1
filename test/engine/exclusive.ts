import { mkdir, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const heartbeatMs = 2_000;
const staleAfterMs = 30_000;
const pollMs = 250;

/**
 * Runs `work` while no other process runs work under the same lock. Making a folder is the one step that every file
 * system does at once or not at all. A holder touches its folder; one that was killed no longer does.
 */
export async function exclusively<T>(lockDirectory: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  await mkdir(path.dirname(lockDirectory), { recursive: true });
  let isWaiting = false;
  while (!(await acquire(lockDirectory))) {
    if (!isWaiting) onWait?.();
    isWaiting = true;
    await delay(pollMs);
  }
  const heartbeat = setInterval(() => void touch(lockDirectory), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(lockDirectory, { recursive: true, force: true });
  }
}

async function acquire(lockDirectory: string): Promise<boolean> {
  try {
    await mkdir(lockDirectory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const touchedMs = await stat(lockDirectory).then(
    (found) => found.mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - touchedMs > staleAfterMs) await rm(lockDirectory, { recursive: true, force: true });
  return false;
}

async function touch(directory: string): Promise<void> {
  await utimes(directory, new Date(), new Date()).catch(() => undefined);
}

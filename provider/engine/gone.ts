import { ServiceError } from "../errors";

const GONE = new Set(["resourcenotfound", "parentresourcenotfound", "resourcegroupnotfound", "notfound"]);

/**
 * Whether a refusal says that the resource is not there. Only the codes that say so count: a 404 can also come from a
 * wrong subscription, a wrong endpoint or a gateway, and taking these for "gone" would make the next run create again.
 * Deleting what is missing is 204 in Azure's tables and 404 in its prose; both are done.
 */
export function meansGone(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.status === 404 && GONE.has(error.code.toLowerCase());
}

/** What the work gives; undefined where it ends with the news that the resource is gone. */
export async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (meansGone(error)) return undefined;
    throw error;
  }
}

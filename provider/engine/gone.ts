import { ServiceError } from "../errors";

/** The news that the resource is gone. Deleting what is missing is 204 in Azure's tables and 404 in its prose; both are done. */
export function meansGone(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.saysGone;
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

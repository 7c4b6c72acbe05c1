/** What came of one row in this run, as phrases made of what was counted. Without a phrase a client has no such feature. */
export interface Findings {
  readonly ours: string;
  readonly sdk?: string;
  readonly axios?: string;
  readonly coreLro?: string;
}

/** One promise, and the fault that it is tried under. */
export interface Row {
  readonly number: number;
  readonly promise: string;
  /** What azapi was measured to do elsewhere (see documents.ts); undefined where nobody did, and "–" where there is nothing to measure. */
  readonly azapi?: string;
  /** Tries the clients. Fails where ours breaks the promise. */
  measure(): Promise<Findings>;
}

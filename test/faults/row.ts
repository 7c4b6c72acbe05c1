import type { CloudSettings, Fault, FaultRule } from "../cloud";
import type { GateState } from "./gate";

export type Service = "azure" | "alibaba" | "authority";

/** What a fault means for repeating a request, by the rules that this package promises to keep. */
export type Meaning =
  /** An answer all the same. */
  | "sound"
  | "notSent"
  | "untrusted"
  | "lost"
  /** 408, 500, 502, 504: may have acted. */
  | "faulted"
  | "throttled"
  | "busy"
  | "askedTooLong"
  | "unauthorized"
  | "refused"
  /** 404 with a code that says so. */
  | "gone"
  /** 412: not the one any more that was read. */
  | "outdated"
  /** A 2xx or 3xx that the contract does not allow. */
  | "unexpected"
  /** An answer that is not read to its end. */
  | "tooLarge"
  /** A polling address to which no token may be sent. */
  | "elsewhere"
  /** What the operation itself came to. */
  | "operation";

export interface Row {
  readonly name: string;
  readonly means: Meaning;
  /** How many requests it strikes, from the first of its kind on. */
  readonly times: number;
  /** Whether the service carries out the request that it strikes; undefined where that makes no difference. */
  readonly acts?: boolean;
  /** What the cloud does; undefined where the service does not know the fault. */
  fault?(service: Service, place: Place): Fault | undefined;
  /** What the way to the cloud does, before the request is sent. */
  readonly gate?: GateState;
  /** What the cloud is like. */
  readonly settings?: Partial<CloudSettings>;
  readonly hooks?: (place: Place) => Pick<FaultRule, "before">;
  /** Whether an answer does not come by itself. */
  readonly isStalling?: boolean;
  /** A ready token cannot be renewed. */
  readonly needsLogin?: boolean;
}

/** Where a fault can send somebody. */
export interface Place {
  readonly cloudUrl: string;
  readonly elsewhereUrl: string;
  /** Sets the cloud's clock ahead. */
  skew(offsetMs: number): void;
}

const EVER = Number.POSITIVE_INFINITY;

type Spec = Omit<Row, "name" | "times" | "means">;
export const once = (name: string, means: Meaning, spec: Spec): Row[] => [{ name, means, times: 1, ...spec }];
export const forEver = (name: string, means: Meaning, spec: Spec): Row[] => [{ name: `${name}, for ever`, means, times: EVER, ...spec }];
/** Once with a request that the service did not carry out, once with one that it did. */
export const eitherWay = (rows: Row[]): Row[] =>
  rows.flatMap((row) => [
    { ...row, acts: false },
    { ...row, acts: true, name: `${row.name}, carried out` },
  ]);
export const always = (fault: Fault) => () => fault;

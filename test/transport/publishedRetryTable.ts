import type { Repeat } from "../../provider/engine/operation";
import { alibabaEvent, azureEvent, type CallEvent, type Decision } from "../../provider/transport/retry";

// The retry table that was published before the code was written, and where the code is meant to do otherwise.

export const COLUMNS = ["GET, HEAD, poll", "PUT", "PATCH with an ETag", "PATCH If-Match: *", "POST that acts each time"] as const;
export type Column = (typeof COLUMNS)[number];

/** The column of each column of the code. A PUT with a strong ETag is `guarded` too: its own repeat would meet a 412. */
export const REPEATS: Readonly<Record<Column, Repeat>> = {
  "GET, HEAD, poll": "read",
  PUT: "converge",
  "PATCH with an ETag": "guarded",
  "PATCH If-Match: *": "converge",
  "POST that acts each time": "once",
};

/** `none`: the table leaves the cell out. The texts are what it says instead of one of the code's four decisions. */
export type Published = Decision | "none" | "retry in the window after our own write" | "retry after our own creation, bounded" | "read";

export interface Row {
  readonly event: string;
  /** How it is met. */
  readonly met: readonly CallEvent[];
  /** In the order of the columns. */
  readonly cells: readonly [Published, Published, Published, Published, Published];
}

const azure = (status: number, code = "") => azureEvent(status, code);
const alibaba = (status: number, code: string) => alibabaEvent(status, code);

export const PUBLISHED: readonly Row[] = [
  {
    event: "ECONNREFUSED, ENOTFOUND, EAI_AGAIN, TLS handshake not begun",
    met: ["notSent"],
    cells: ["retry", "retry", "retry", "retry", "retry"],
  },
  {
    event: "reset, timeout or cut body after send",
    met: ["lost"],
    cells: ["retry", "retry", "outcomeUnknown", "retry", "outcomeUnknown"],
  },
  { event: "429, 503", met: [azure(429), azure(503), azure(503, "ServerBusy")], cells: ["retry", "retry", "retry", "retry", "retry"] },
  {
    event: "408, 500, 502, 504",
    met: [azure(408), azure(500, "InternalServerError"), azure(502), azure(504, "GatewayTimeout")],
    cells: ["retry", "retry", "retry", "retry", "outcomeUnknown"],
  },
  {
    event: "409 AnotherOperationInProgress, PessimisticConcurrencyConflict, *InProgress; 422 ManagementApiRequestFailed",
    met: [
      azure(409, "AnotherOperationInProgress"),
      azure(409, "PessimisticConcurrencyConflict"),
      azure(409, "ScalingInProgress"),
      azure(422, "ManagementApiRequestFailed"),
    ],
    cells: ["none", "retry", "retry", "retry", "retry"],
  },
  { event: "412", met: [azure(412, "PreconditionFailed"), azure(412)], cells: ["none", "fail", "fail", "none", "none"] },
  {
    event: "404",
    met: [azure(404, "ResourceNotFound"), azure(404)],
    cells: ["retry in the window after our own write", "fail", "fail", "fail", "fail"],
  },
  {
    event: "401",
    met: [azure(401, "ExpiredAuthenticationToken"), azure(401)],
    cells: ["renewToken", "renewToken", "renewToken", "renewToken", "renewToken"],
  },
  {
    event: "403",
    met: [azure(403, "AuthorizationFailed"), azure(403)],
    cells: ["retry after our own creation, bounded", "fail", "fail", "fail", "fail"],
  },
  {
    event: "Alibaba Throttling*, ServiceUnavailable",
    met: [
      alibaba(400, "Throttling"),
      alibaba(400, "Throttling.User"),
      alibaba(429, "Rejected.Throttling"),
      alibaba(503, "ServiceUnavailable"),
    ],
    cells: ["retry", "none", "none", "none", "retry"],
  },
  {
    event: "Alibaba 5xx InternalError",
    met: [alibaba(500, "InternalError"), alibaba(502, ""), alibaba(504, "InternalError")],
    cells: ["retry", "none", "none", "none", "outcomeUnknown"],
  },
  {
    event: "Alibaba DirectConnectionAlreadyExists, NetTypeExists after our own lost answer",
    met: [alibaba(400, "DirectConnectionAlreadyExists"), alibaba(400, "NetTypeExists")],
    cells: ["none", "none", "none", "none", "read"],
  },
  {
    event: "Alibaba TaskHasExist, InstanceStatus.NotSupport",
    met: [alibaba(400, "TaskHasExist"), alibaba(403, "InstanceStatus.NotSupport")],
    cells: ["none", "none", "none", "none", "retry"],
  },
];

/** A cell in which the code is meant to do otherwise than was published. */
export interface DifferentCell {
  readonly event: string;
  readonly column: Column;
  readonly ours: Decision;
  readonly reason: string;
}

export const DIFFERENT_CELLS: readonly DifferentCell[] = [
  {
    event: "404",
    column: "GET, HEAD, poll",
    ours: "fail",
    reason:
      "No operation creates an Azure resource: each PUT and PATCH is of one that was read just before. A 404 after it is somebody's deletion, and no lag between regions.",
  },
  {
    event: "403",
    column: "GET, HEAD, poll",
    ours: "fail",
    reason: "No operation creates an Azure resource, so there is no read after a creation.",
  },
  {
    event: "Alibaba DirectConnectionAlreadyExists, NetTypeExists after our own lost answer",
    column: "POST that acts each time",
    ours: "fail",
    reason: "Transport cannot know what to read: the operation does, and adopts what fits (retryRowsOfOperations.test.ts).",
  },
];

/** What the code does in the cells that the table leaves out. */
export const UNPUBLISHED_CELLS: readonly { readonly event: string; readonly column: Column; readonly ours: Decision }[] = [
  {
    event: "409 AnotherOperationInProgress, PessimisticConcurrencyConflict, *InProgress; 422 ManagementApiRequestFailed",
    column: "GET, HEAD, poll",
    ours: "retry",
  },
  ...(["GET, HEAD, poll", "PATCH If-Match: *", "POST that acts each time"] as const).map(
    (column) => ({ event: "412", column, ours: "fail" }) as const,
  ),
  ...(["PUT", "PATCH with an ETag", "PATCH If-Match: *"] as const).flatMap((column) => [
    { event: "Alibaba Throttling*, ServiceUnavailable", column, ours: "retry" } as const,
    { event: "Alibaba 5xx InternalError", column, ours: "retry" } as const,
    { event: "Alibaba TaskHasExist, InstanceStatus.NotSupport", column, ours: "retry" } as const,
    { event: "Alibaba DirectConnectionAlreadyExists, NetTypeExists after our own lost answer", column, ours: "fail" } as const,
  ]),
  { event: "Alibaba TaskHasExist, InstanceStatus.NotSupport", column: "GET, HEAD, poll", ours: "retry" },
  {
    event: "Alibaba DirectConnectionAlreadyExists, NetTypeExists after our own lost answer",
    column: "GET, HEAD, poll",
    ours: "fail",
  },
];

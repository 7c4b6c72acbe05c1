// What has to come of a private endpoint connection in a given state, by the rules of the contract and nothing else: look,
// wait while it is absent or being changed, guard, adopt what is as wished, refuse what Azure never grants, else PUT.

export const PARTNER = "partner";
export const FOUND_DESCRIPTION = "Please approve my connection";
export const PARTNER_ENDPOINT =
  "/subscriptions/0000000a-0000-0000-0000-00000000000b/resourceGroups/partner-rg/providers/Microsoft.Network/privateEndpoints/partner";

export interface Texts {
  readonly description?: string;
  readonly actionsRequired?: string;
}

export interface StateCell {
  /** What the service owner said so far. */
  readonly status: string;
  /** What the service says of the connection itself; an empty text is no word at all. */
  readonly provisioning: string;
  readonly wish: "Approved" | "Rejected" | "Pending";
  readonly texts: Texts;
  /** `update`: an earlier run recorded it as Pending. */
  readonly foundBy: "name" | "endpoint" | "update";
  readonly situation: Situation;
}

export type Situation =
  | "there"
  /** No read but the third shows it. */
  | "appears late"
  /** It is seen once, then a read finds nothing, then it is there again. */
  | "disappears while waited for"
  | "disappears before the PUT"
  /** Somebody else rejects it after the read. */
  | "is rejected before the PUT"
  | "of a subscription that is not allowed"
  | "of an allowed subscription"
  | "there twice for its private endpoint";

export interface ConnectionState extends Texts {
  readonly status: string;
}

export interface StateOutcome {
  readonly outcome: "adopted" | "put" | "unchanged" | Refused;
  /** The kinds of requests, in order. */
  readonly requests: readonly ("LOOK" | "PUT")[];
  /** What each PUT asked for. */
  readonly bodies: readonly object[];
  /** In the recorded state; undefined when nothing is recorded. */
  readonly recorded: (ConnectionState & { readonly provisioningState: string }) | undefined;
  /** At the service; undefined when it is gone. */
  readonly service: ConnectionState | undefined;
}

export type Refused = "refused: subscription" | "refused: final" | "refused: ambiguous" | "refused: gone" | "refused: by the service";

/** Ends of ARM's provisioning; every other word says that something runs. No word at all is an end too. */
const SETTLED = ["", "succeeded", "failed", "canceled"];
/** Azure makes none of these Approved, or waiting for approval, again. */
const FINAL = ["rejected", "disconnected", "removed"];

export const BUSY_READS = 2;
export const HIDDEN_READS = 2;

export function isBusy({ provisioning }: Pick<StateCell, "provisioning">): boolean {
  return !SETTLED.includes(provisioning.toLowerCase());
}

/** What a cell must come to. */
export function expectedOf(cell: StateCell): StateOutcome {
  const found = { status: cell.status, description: FOUND_DESCRIPTION, actionsRequired: "None" };
  const before = cell.foundBy === "update" ? { ...found, status: "Pending", provisioningState: "Succeeded" } : undefined;
  const end = (outcome: StateOutcome["outcome"], puts: 0 | 1, service: ConnectionState | undefined): StateOutcome => ({
    outcome,
    requests: [...looksOf(outcome, cell), ...Array<"PUT">(puts).fill("PUT")],
    bodies: Array(puts).fill({ properties: { privateLinkServiceConnectionState: wishOf(cell) } }),
    recorded: recordedOf(outcome, cell, service) ?? before,
    service,
  });
  if (before !== undefined && !differs(before, cell) && !isGuarded(cell)) return end("unchanged", 0, found);
  if (cell.situation === "there twice for its private endpoint" && cell.foundBy === "endpoint") return end("refused: ambiguous", 0, found);
  if (cell.situation === "of a subscription that is not allowed") return end("refused: subscription", 0, found);
  if (!differs(found, cell)) return end("adopted", 0, found);
  if (FINAL.includes(cell.status.toLowerCase()) && cell.wish !== "Rejected") return end("refused: final", 0, found);
  if (cell.situation === "disappears before the PUT") return end("refused: gone", 1, undefined);
  if (cell.situation === "is rejected before the PUT" && cell.wish === "Approved")
    return end("refused: by the service", 1, { ...found, status: "Rejected" });
  return end("put", 1, afterPut(cell));
}

function recordedOf(outcome: StateOutcome["outcome"], cell: StateCell, service: ConnectionState | undefined): StateOutcome["recorded"] {
  if (service === undefined || (outcome !== "adopted" && outcome !== "put")) return undefined;
  const isKept = outcome === "adopted" && !isBusy(cell) && cell.provisioning !== "";
  return { ...service, provisioningState: isKept ? cell.provisioning : "Succeeded" };
}

function looksOf(outcome: StateOutcome["outcome"], cell: StateCell): "LOOK"[] {
  return Array<"LOOK">(outcome === "unchanged" ? 0 : countOfLooks(cell)).fill("LOOK");
}

/** How often the cluster is asked before the connection is there and settled. */
function countOfLooks(cell: StateCell): number {
  // Two of one private endpoint are seen at the first look, whatever goes on with them.
  if (cell.situation === "there twice for its private endpoint" && cell.foundBy === "endpoint") return 1;
  const busy = isBusy(cell) ? BUSY_READS : 0;
  if (cell.situation === "appears late") return HIDDEN_READS + busy + 1;
  // One busy look, one that finds nothing, then as if it were new.
  if (cell.situation === "disappears while waited for") return 1 + 1 + 1;
  return busy + 1;
}

function isGuarded({ situation }: StateCell): boolean {
  return situation === "of a subscription that is not allowed" || situation === "of an allowed subscription";
}

export function wishOf({ wish, texts }: StateCell): ConnectionState {
  return { status: wish, ...texts };
}

/** Whether something that was wished for is otherwise. The case of a status says nothing, and `None` stands for no action. */
function differs(found: ConnectionState, { wish, texts }: StateCell): boolean {
  if (found.status.toLowerCase() !== wish.toLowerCase()) return true;
  if (texts.description !== undefined && texts.description !== found.description) return true;
  return texts.actionsRequired !== undefined && (texts.actionsRequired || "None") !== found.actionsRequired;
}

/** As the local cloud keeps it: a PUT replaces the three members. */
function afterPut({ wish, texts }: StateCell): ConnectionState {
  return { status: wish, description: texts.description ?? "", actionsRequired: texts.actionsRequired || "None" };
}

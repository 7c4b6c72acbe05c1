import { shownLine } from "../errors";
import type { Host, Severity } from "./host";
import type { Operation } from "./operation";
import { isUnknown, UNKNOWN } from "./state";
import { showing, titleOf } from "./words";

type Members = Record<string, unknown>;
type Phase = "preview" | "update";

// The engine says neither to check nor to diff whether it previews. A program that previews marks what it gives to check,
// which the engine calls before diff; a refresh calls diff alone.
const phases = new WeakMap<Host, Map<string, Phase>>();

/** Sentences about what is pending, on the resource's own row. */
export interface Foretelling {
  /** Notes whether a preview or an update begins for a resource: what is said next about it depends on that. */
  begin(urn: string, isPreview: boolean): void;
  /** What is unwise in the arguments of a resource, and what its create would do. */
  checked(urn: string, inputs: Members, given: Members, isNew: boolean): void;
  /** What an update would do. */
  compared(urn: string, changes: readonly string[], warnings: readonly string[]): void;
}

/**
 * In a preview, and in a refresh, a sentence stays. In an update it stands on the row until the work has something to say
 * itself: it has been read in the preview, and "will" is not true any more at the end. A warning that nothing follows from is
 * not repeated there at all.
 */
export function foretelling(operation: Operation<object, object>, host: Host): Foretelling {
  const phaseOf = (urn: string) => phases.get(host)?.get(urn);
  const tell = (urn: string, severity: Severity, sentence: string) => {
    const line = shownLine(`${titleOf(operation, urn)}: ${sentence.replaceAll(UNKNOWN, "(not known yet)")}`);
    host.log(severity, line, urn, phaseOf(urn) === "update");
  };
  return {
    begin: (urn, isPreview) => {
      const known = phases.get(host) ?? new Map<string, Phase>();
      phases.set(host, known.set(urn, isPreview ? "preview" : "update"));
    },
    checked: (urn, inputs, given, isNew) => {
      const advice = isUnknown(given) ? [] : (operation.advice?.(given) ?? []);
      for (const sentence of advice) tell(urn, "warning", sentence);
      if (isNew) tell(urn, "info", operation.announce(given, showing(operation, inputs)));
    },
    compared: (urn, changes, warnings) => {
      for (const warning of phaseOf(urn) === "update" ? [] : warnings) tell(urn, "warning", warning);
      for (const change of changes) tell(urn, "info", change);
    },
  };
}

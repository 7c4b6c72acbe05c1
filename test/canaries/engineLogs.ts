/** A log, with what the engine writes of any provider's properties apart from the rest. */
export interface Log {
  readonly ours: string;
  readonly dump: string;
}

// At -v=9 the engine writes each property that crosses to or from a provider, and each registration's result, in plain
// text, whoever's provider it is and whether it is a secret or not; the latter also as an event of severity debug.
const DUMP = /^(?:eventSink::Debug\(<\{%reset%\}>)?(?:(?:Unm|M)arshaling property for RPC\[|RegisterResource RPC finished: )/;

/** What is no line of the engine's log. */
export function withoutLog(stderr: string): string {
  return linesOf(stderr)
    .filter((line) => messageOf(line) === undefined)
    .join("\n");
}

/** The lines of the engine's log. */
export function logOf(stderr: string): Log {
  const lines = linesOf(stderr).filter((line) => messageOf(line) !== undefined);
  return divided(lines, (line) => DUMP.test(messageOf(line) ?? ""));
}

/** The engine's events, one a line. */
export function eventsOf(events: readonly unknown[]): Log {
  const lines = events.map((event) => JSON.stringify(event));
  return divided(lines, (line) => {
    const { diagnosticEvent } = JSON.parse(line) as { diagnosticEvent?: { severity?: string; message?: string } };
    return diagnosticEvent?.severity === "debug" && DUMP.test(diagnosticEvent.message?.replace(/^<\{%reset%\}>/, "") ?? "");
  });
}

function divided(lines: readonly string[], isDump: (line: string) => boolean): Log {
  return { ours: lines.filter((line) => !isDump(line)).join("\n"), dump: lines.filter(isDump).join("\n") };
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** The message of a line of the log: an object with a time and a level. */
function messageOf(line: string): string | undefined {
  if (!line.startsWith('{"time":')) return undefined;
  try {
    return String((JSON.parse(line) as { msg?: unknown }).msg ?? "");
  } catch {
    return undefined;
  }
}

/** What a preview says has to be corrected, by resource: `{ "webpubsub.KeyRegeneration key": ["keyType: must be …"] }`. */
export function toldMistakes(output: string): Record<string, string[]> {
  const diagnostics = output.slice(output.indexOf("\nDiagnostics:"));
  const told: Record<string, string[]> = {};
  let mistakes: string[] | undefined;
  for (const line of diagnostics.split("\n")) {
    const [, resource, count] = /^\s+error: ([\w.]+ [\w-]+): (\d+) arguments? (?:has|have) to be corrected:$/.exec(line) ?? [];
    if (resource !== undefined) {
      mistakes = [];
      told[`${resource} (${count})`] = mistakes;
    } else if (/^\s+(?:error|warning|info): |^\S|^\s*$/.test(line)) mistakes = undefined;
    else mistakes?.push(line.trim());
  }
  return told;
}

import { phases, type RunArm, type RunResults } from "../runs/measureRuns";
import { median, seconds } from "./figures";
import type { Results } from "./results";

const colours: Record<RunArm, string> = { floor: "#8a8f98", ours: "#2563eb", usual: "#d97706", curl: "#7c3aed" };
const names: Record<RunArm, string> = { floor: "floor", ours: "pulumi-patchbay", usual: "the usual closure", curl: "curl in a shell" };
const [WIDTH, BAR, GAP, LEFT, SCALE_WIDTH] = [760, 16, 14, 90, 520];

/** Wall time of each command with 100 backends, a bar for each arm. */
export function chartText(results: Results): string {
  const measured = results.runs.filter(
    ({ kind, count, latencyMs }) => kind === "backend" && count === largestCommon(results.runs) && latencyMs === 20,
  );
  const wallOf = (arm: RunArm, phase: (typeof phases)[number]) => {
    const figures = measured.find((runs) => runs.figures[arm] !== undefined)?.figures[arm]?.[phase];
    return figures === undefined ? undefined : median(figures.map(({ wallMs }) => wallMs));
  };
  const arms = (Object.keys(colours) as RunArm[]).filter((arm) => wallOf(arm, "create") !== undefined);
  const longest = Math.max(...phases.flatMap((phase) => arms.map((arm) => wallOf(arm, phase) ?? 0)));
  const lines: string[] = [];
  let top = 40;
  for (const phase of phases) {
    lines.push(text(LEFT - 8, top + (BAR * arms.length) / 2 + 4, phase, "end"));
    for (const arm of arms) {
      const wallMs = wallOf(arm, phase);
      if (wallMs === undefined) continue;
      const width = Math.round((wallMs / longest) * SCALE_WIDTH);
      lines.push(
        `<rect x="${LEFT}" y="${top}" width="${width}" height="${BAR - 2}" fill="${colours[arm]}"/>`,
        text(LEFT + width + 6, top + 11, seconds(wallMs)),
      );
      top += BAR;
    }
    top += GAP;
  }
  const legend = arms.map((arm, index) => {
    const left = LEFT + index * 160;
    return `<rect x="${left}" y="12" width="12" height="12" fill="${colours[arm]}"/>${text(left + 18, 22, names[arm])}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" font-family="sans-serif" font-size="12">\n<title>Time of each command, beside a floor</title>\n<rect width="${WIDTH}" height="${top}" fill="#ffffff"/>\n${[...legend, ...lines].join("\n")}\n</svg>\n`;
}

const largestCommon = (runs: readonly RunResults[]) => Math.max(...runs.filter(({ count }) => count <= 100).map(({ count }) => count));

function text(x: number, y: number, content: string, anchor = "start"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#1f2328">${content}</text>`;
}

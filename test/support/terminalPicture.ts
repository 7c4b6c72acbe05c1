// What a terminal showed, as an SVG: lines wrapped at its width, in the colours that the program chose.

interface Run {
  readonly text: string;
  readonly style: string;
}

const [CELL_WIDTH, LINE_HEIGHT, MARGIN] = [8.4, 19, 16];
const BACKGROUND = "#1e1e2e";
const PLAIN = "#d9e0ee";
/** Of SGR: the eight colours, and the bright ones after them. */
const COLOURS = ["#6e738d", "#f28fad", "#abe9b3", "#fae3b0", "#96cdfb", "#f5c2e7", "#89dceb", "#d9e0ee"];
/** Of the 256 colours those that the engine uses. */
const INDEXED: Readonly<Record<string, number>> = {
  "1": 1,
  "2": 2,
  "3": 3,
  "4": 4,
  "5": 5,
  "6": 6,
  "13": 5,
  "14": 6,
  "9": 1,
  "10": 2,
  "11": 3,
  "12": 4,
};

function styleOf(codes: string, before: string): string {
  const numbers = codes.split(";");
  if (codes === "" || numbers.includes("0")) return "";
  const indexed = /38;5;(\d+)/.exec(codes)?.[1];
  const direct = numbers.find((code) => /^(?:3|9)[0-7]$/.test(code));
  const colour = indexed !== undefined ? INDEXED[indexed] : direct !== undefined ? Number(direct.at(-1)) : undefined;
  const fill = colour === undefined ? before : `fill="${COLOURS[colour]}"`;
  const isBold = indexed === undefined && numbers.includes("1");
  return isBold && !fill.includes("bold") ? `${fill} font-weight="bold"`.trim() : fill;
}

const ESCAPE = "\u001b[";

/** A sequence that ends in another letter than m moves something; there are none in what is not a terminal. */
function runsOf(output: string): Run[] {
  const [first = "", ...others] = output.split(ESCAPE);
  let style = "";
  const styled = others.map((part) => {
    const end = part.indexOf("m");
    style = styleOf(part.slice(0, end), style);
    return { text: part.slice(end + 1), style };
  });
  return [{ text: first, style: "" }, ...styled].filter(({ text }) => text !== "");
}

/** Lines of at most so many characters. */
function wrapped(runs: readonly Run[], columns: number): Run[][] {
  const characters = runs.flatMap(({ text, style }) => [...text].map((character) => ({ text: character, style })));
  const lines: Run[][] = [[]];
  for (const character of characters) {
    if (character.text === "\n" || lines.at(-1)?.length === columns) lines.push([]);
    if (character.text !== "\n") lines.at(-1)?.push(character);
  }
  return lines.map(joined);
}

/** Neighbours of one style are one run. */
function joined(runs: readonly Run[]): Run[] {
  const all: { text: string; style: string }[] = [];
  for (const { text, style } of runs) {
    const last = all.at(-1);
    if (last?.style === style) last.text += text;
    else all.push({ text, style });
  }
  return all;
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** @param title what somebody hears who does not see the picture */
export function terminalPicture(output: string, columns: number, title: string): string {
  const lines = wrapped(runsOf(output.trimEnd()), columns);
  const width = Math.ceil(columns * CELL_WIDTH + 2 * MARGIN);
  const height = lines.length * LINE_HEIGHT + 2 * MARGIN;
  const rows = lines.map((runs, row) => {
    const spans = runs.map(({ text, style }) => `<tspan${style === "" ? "" : ` ${style}`}>${escaped(text)}</tspan>`).join("");
    return `<text x="${MARGIN}" y="${MARGIN + (row + 1) * LINE_HEIGHT - 5}">${spans}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="${PLAIN}" xml:space="preserve">
${rows.join("\n")}
</g>
</svg>
`;
}

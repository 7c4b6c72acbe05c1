import { randomBytes } from "node:crypto";

// Commands name secrets (`secret:1`) so that they print the same in every run; the values are made when a run starts.

const values = new Map<string, string>([1, 2, 3, 4, 5, 6].map((number) => [`secret:${number}`, randomBytes(12).toString("hex")]));

export const plantedSecrets: readonly string[] = [...values.values()];

/** With the values in the place of their names. */
export function revealed<T>(json: T): T {
  const text = JSON.stringify(json).replace(/secret:\d/g, (name) => values.get(name) ?? name);
  return JSON.parse(text) as T;
}

/** With the names in the place of the values. */
export function veiled<T>(json: T): T {
  return JSON.parse(veiledText(JSON.stringify(json))) as T;
}

export function veiledText(text: string): string {
  return [...values].reduce((veil, [name, value]) => veil.replaceAll(value, name), text);
}

/** A value that the program puts into pulumi.secret. */
export class Wrapped {
  constructor(readonly value: unknown) {}
}

type Members = Record<string, unknown>;

/** The source text of arguments, for a program. */
export function sourceOf(value: unknown): string {
  if (value instanceof Wrapped) return `pulumi.secret(${sourceOf(value.value)})`;
  if (Array.isArray(value)) return `[${value.map(sourceOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, part]) => `${JSON.stringify(name)}: ${sourceOf(part)}`)
    .join(", ")} }`;
}

/** Arguments as the engine hands them to a hook: unwrapped, with the list that the resource class makes of what was wrapped. */
export function unwrapped(given: Members): Members {
  const paths: string[] = [];
  const plain = (value: unknown, path: readonly string[]): unknown => {
    if (value instanceof Wrapped) {
      paths.push(path.join("."));
      return plain(value.value, path);
    }
    if (Array.isArray(value)) return value.map((item, index) => plain(item, [...path, String(index)]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part, [...path, name])]));
  };
  const members = plain(given, []) as Members;
  return paths.length === 0 ? members : { ...members, __secret: paths };
}

let name: string | undefined;

/** `pulumi-patchbay/1.2.3` */
export function userAgent(): string {
  // Two folders up is the package's own folder, from provider/ as from dist/.
  name ??= `pulumi-patchbay/${(require("../../package.json") as { version: string }).version}`;
  return name;
}

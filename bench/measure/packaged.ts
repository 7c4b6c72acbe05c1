import path from "node:path";

/** Of this program, as it is compiled. */
export const repository = path.resolve(__dirname, "../../..");

/** A file of the package as it is published, which is what is measured. */
export function packaged<Module>(file: string): Module {
  return require(path.join(repository, "dist", file)) as Module;
}

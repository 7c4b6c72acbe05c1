import path from "node:path";
import { repositoryDirectory } from "../../test/engine/repository";

/** A file of the package as it is published, which is what is measured. */
export function packaged<Module>(file: string): Module {
  return require(path.join(repositoryDirectory, "dist", file)) as Module;
}

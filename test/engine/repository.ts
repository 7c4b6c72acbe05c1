import { existsSync } from "node:fs";
import path from "node:path";

/** This repository's folder, found from test/engine as well as from the compiled demo in build/test/engine. */
export const repositoryDirectory = repositoryAbove(__dirname);

/** The files of this folder that are not compiled: launchers, go.mod, go.sum, tools.go. */
export const engineFiles = path.join(repositoryDirectory, "test", "engine");

function repositoryAbove(directory: string): string {
  if (existsSync(path.join(directory, "test", "engine", "go.mod"))) return directory;
  const parent = path.dirname(directory);
  if (parent === directory) throw new Error(`${__dirname} is not inside the pulumi-patchbay repository.`);
  return repositoryAbove(parent);
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { documents, repository, textOf } from "./documents";

const examples = readdirSync(path.join(repository, "examples"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(path.join(repository, "examples", file), "utf8"));

/** The heading's address as the pages of a repository have it. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, "utf8").match(/^#+ .+$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(documents)("%s", (file) => {
  const text = textOf(file);

  it("links to nothing that is not there", () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string).filter((link) => !/^[a-z]+:/.test(link));
    const broken = links.filter((link) => {
      const [target = "", anchor] = link.split("#");
      const found = target === "" ? path.join(repository, file) : path.resolve(repository, path.dirname(file), target);
      return !existsSync(found) || (anchor !== undefined && !anchorsOf(found).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it("shows no program but those of examples/, which are compiled and run", () => {
    const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => (block as string).trim());
    expect(blocks.filter((block) => !examples.some((example) => example.includes(block)))).toEqual([]);
  });
});

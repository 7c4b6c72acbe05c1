import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { mutations } from "./mutations";

const repository = path.resolve(__dirname, "../..");

// The mutations themselves take minutes: `npm run mutations`. Here they are only kept from growing stale.
it(`the ${mutations.length} mutations are of code that stands once in its file, and name tests that exist`, () => {
  const stale = mutations.filter(({ file, find, replace, caughtBy }) => {
    const code = readFileSync(path.join(repository, "provider", file), "utf8");
    const isThere = code.split(find).length === 2 && find !== replace;
    return !isThere || caughtBy.length === 0 || caughtBy.some((test) => !existsSync(path.join(repository, test)));
  });
  expect(stale.map(({ breaks }) => breaks)).toEqual([]);
  expect(new Set(mutations.map(({ breaks }) => breaks)).size).toBe(mutations.length);
});

import { expectFrame } from "./document";

it("docs/fault-matrix.md says what is tried, how it is read, and has a table of every operation", () => {
  expectFrame();
});

/** Each mutation is a test of its own that runs the tests which have to notice it: `npm run mutations`. */
const base = require("../../jest.config.js");

/** @type {import("jest").Config} */
module.exports = {
  ...base,
  rootDir: "../..",
  testMatch: ["<rootDir>/test/mutations/mutations.run.ts"],
  maxWorkers: 1,
  globalSetup: undefined,
  testTimeout: 900_000,
};

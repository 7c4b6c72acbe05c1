/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } }, module: { type: "commonjs" } }],
  },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/build/"],
  // Two pulumi commands at once use two cores well, and more only wait for each other.
  maxWorkers: 2,
  globalSetup: "<rootDir>/test/support/bringEngineOnce.ts",
  reporters: ["default", "<rootDir>/test/support/closingLine.js"],
  // A pulumi command takes 2 to 5 s on a quiet machine, and a walk through an operation has twenty of them.
  testTimeout: 300_000,
};

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cacheDirectory, executable, hasNodePlugins } from "./engineCache";
import { isolatedEnvironment } from "./environment";

// What differs between platforms, as text: on the one platform that runs the tests.

describe("on Windows", () => {
  it("the engine is kept below LOCALAPPDATA", () => {
    const kept = String.raw`C:\Users\u\AppData\Local\pulumi-patchbay`;
    expect(cacheDirectory({ LOCALAPPDATA: String.raw`C:\Users\u\AppData\Local` }, "win32")).toBe(kept);
    expect(cacheDirectory({ HOME: String.raw`C:\Users\u` }, "win32")).toBe(kept);
  });

  it("an official install is known by the names that it has there", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "patchbay-plugins-"));
    const names = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
    const found = () => [hasNodePlugins(folder, "linux"), hasNodePlugins(folder, "win32")];
    for (const name of [`${names[0]}.exe`, `${names[1]}.cmd`]) writeFileSync(path.join(folder, name), "");
    expect([executable("pulumi", "win32"), found()]).toEqual(["pulumi.exe", [false, true]]);
    for (const name of names) writeFileSync(path.join(folder, name), "");
    expect([executable("pulumi", "linux"), found()]).toEqual(["pulumi", [true, true]]);
    rmSync(folder, { recursive: true });
  });

  it("the PATH is found under its other spelling", () => {
    const inherited = { Path: String.raw`C:\Windows`, AZURE_TENANT_ID: "mine" };
    expect(isolatedEnvironment(inherited, "win32")).toMatchObject({ PATH: String.raw`C:\Windows` });
    expect(isolatedEnvironment(inherited, "win32")).not.toHaveProperty("Path");
    expect(isolatedEnvironment(inherited, "linux")).not.toHaveProperty("PATH");
  });
});

it("on macOS and Linux the engine is kept in the user's cache folder", () => {
  expect(cacheDirectory({ HOME: "/Users/u" }, "darwin")).toBe("/Users/u/Library/Caches/pulumi-patchbay");
  expect(cacheDirectory({ HOME: "/home/u" }, "linux")).toBe("/home/u/.cache/pulumi-patchbay");
  for (const platform of ["darwin", "linux"] as const)
    expect(cacheDirectory({ HOME: "/u", XDG_CACHE_HOME: "/cache" }, platform)).toBe("/cache/pulumi-patchbay");
});

import * as pulumi from "@pulumi/pulumi";
import { apimanagement } from "../../provider";
import { Registrations } from "./registrations";

const backend = { resourceGroupName: "rg", serviceName: "apim-prod", backendId: "orders", title: "Orders" };
const registrations = new Registrations();

beforeAll(() => pulumi.runtime.setMocks(registrations));

/** What the program runner of Pulumi has: something that formats each stack. */
let formatted: NodeJS.CallSite[][] = [];
const before = Error.prepareStackTrace;
beforeEach(() => {
  formatted = [];
  Error.prepareStackTrace = (error, frames) => {
    formatted.push(frames);
    return [`${error}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");
  };
});
afterEach(() => {
  Error.prepareStackTrace = before;
});

it("a resource formats one stack, that of its place in the program, whatever the number of its properties", () => {
  new apimanagement.BackendPatch("few", backend);
  new apimanagement.BackendPatch("many", { ...backend, url: "https://o.example/", protocol: "http", description: "ours", type: "Single" });
  const long = formatted.filter((frames) => frames.length > 0);
  expect(long).toHaveLength(2);
});

it("the stack of its place ends where the program does, and the class is the last above it", () => {
  new apimanagement.BackendPatch("here", backend);
  const frames = formatted.find((each) => each.length > 0) ?? [];
  const files = frames.map((frame) => frame.getFileName() ?? "");
  // callsites, stackTrace, Resource and CustomResource of the SDK, which skips five.
  expect(files.slice(0, 4).every((file) => file.includes("/@pulumi/pulumi/"))).toBe(true);
  expect(files[4]).toMatch(/backendPatch\.ts$/);
  expect(files[5]).toMatch(/stackTraces\.test\.ts$/);
  expect(files.slice(5).filter((file) => file.startsWith("node:") || file.includes("/@pulumi/pulumi/"))).toEqual([]);
});

it("stack traces are as before afterwards, also when the SDK refuses the resource", () => {
  const { stackTraceLimit, prepareStackTrace } = Error;
  new apimanagement.BackendPatch("good", backend);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  expect(Error.prepareStackTrace).toBe(prepareStackTrace);
  expect(() => new apimanagement.BackendPatch("", backend)).toThrow();
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  expect(Error.prepareStackTrace).toBe(prepareStackTrace);
});

it("what the SDK refuses shows the line of the program", () => {
  let stack: string | undefined;
  try {
    new apimanagement.BackendPatch("", backend);
  } catch (error) {
    stack = (error as Error).stack;
  }
  expect(stack).toMatch(/name/i);
  expect(stack?.split("\n")[1]).toContain("stackTraces.test.ts");
});

import * as path from "node:path";

/** Frames of the SDK above the class that is constructed: it skips as many to find the line of the program. */
const SDK_FRAMES = 4;

const sdkFolder = path.dirname(require.resolve("@pulumi/pulumi"));

/**
 * Makes stack traces cheap and right while the SDK registers a resource, which is all synchronous; call what it gives
 * when that is done.
 *
 * For its debugging the SDK takes a stack for each of four promises a property, and maps every line of it to its source:
 * two thirds of what a program of many resources costs (200 resources, SDK 3.270.0). None is taken. Another one it stores
 * in the state of each resource, as the place in the program: without the frame of the base class, which would make that
 * place a file of this package, and without the frames below the program, some 500 bytes a resource.
 *
 * @param ownFile of the base class
 */
export function shortStackTraces(ownFile: string): () => void {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 0;
  // Pulumi's program runner always has one; without it node's own cannot be called.
  if (prepareStackTrace !== undefined) Error.prepareStackTrace = (error, frames) => prepareStackTrace(error, ofTheProgram(frames, ownFile));
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  };
}

function ofTheProgram(frames: readonly NodeJS.CallSite[], ownFile: string): NodeJS.CallSite[] {
  const others = frames.filter((frame) => frame.getFileName() !== ownFile);
  const end = others.findIndex((frame, index) => index > SDK_FRAMES + 1 && isBelowTheProgram(frame.getFileName() ?? ""));
  return end < 0 ? others : others.slice(0, end);
}

function isBelowTheProgram(file: string): boolean {
  return file.startsWith("node:") || file.startsWith(sdkFolder + path.sep);
}

/**
 * A jest reporter whose line `N passed, N failed` is the last on stdout. A suite that did not run counts as one
 * failure, since nobody knows how many tests it holds. Written at exit, because jest puts its own summary behind every
 * reporter of the configuration, whatever their order.
 */
class ClosingLine {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const end = skipped === 0 ? "" : `, ${skipped} skipped`;
    const line = `${results.numPassedTests} passed, ${failed} failed${end}\n`;
    process.once("exit", () => process.stdout.write(line));
  }
}

module.exports = ClosingLine;

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Journal, journalDirectory, openJournal } from "../../provider/engine/journal";
import { lifecycle } from "../../provider/engine/lifecycle";
import type { Run } from "../../provider/engine/operation";
import { expectDocumentPart, markdownTable } from "../support/generatedDocument";
import { fakeOperation } from "./fakeOperation";
import { CONFIGURED, RecordingCarrier, RecordingHost } from "./surroundings";

const HOUR_MS = 3_600_000;
const urn = "urn:pulumi:s::p::t::orders";

let folder: string;
let nowMs: number;
let journal: Journal;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-journal-"));
  nowMs = 1_000 * HOUR_MS;
  journal = openJournal(path.join(folder, "notes"), () => nowMs);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = () => readdirSync(path.join(folder, "notes"));

describe("a note", () => {
  it("is found by another process until it is forgotten", () => {
    journal.note(urn, { keyType: "Primary" });
    expect(openJournal(path.join(folder, "notes"), () => nowMs).recall(urn)).toEqual({ keyType: "Primary" });
    expect(journal.recall(`${urn}-2`)).toBeUndefined();
    journal.note(urn, { keyType: "Secondary" });
    expect(journal.recall(urn)).toEqual({ keyType: "Secondary" });
    journal.forget(urn);
    journal.forget(urn);
    expect(journal.recall(urn)).toBeUndefined();
    expect(files()).toEqual([]);
  });

  it("tells nothing by its file's name, and is for this user alone", () => {
    journal.note(urn, {});
    expect(files()).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.json$/)]);
    expect(statSync(path.join(folder, "notes", files()[0] as string)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(folder, "notes")).mode & 0o777).toBe(0o700);
  });

  it("counts for twelve hours, and not before its time", () => {
    journal.note(urn, {});
    nowMs += 12 * HOUR_MS;
    expect(journal.recall(urn)).toEqual({});
    nowMs += 1;
    expect(journal.recall(urn)).toBeUndefined();
    nowMs -= 13 * HOUR_MS;
    expect(journal.recall(urn)).toBeUndefined();
  });

  it.each([
    "",
    "{",
    "null",
    "[]",
    '{"format":2,"atMs":3600000000,"intent":{}}',
    '{"format":1,"atMs":"now","intent":{}}',
    '{"format":1,"atMs":3600000000,"intent":[]}',
  ])("that reads %j is none", (text) => {
    journal.note(urn, {});
    const file = path.join(folder, "notes", files()[0] as string);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ format: 1, atMs: nowMs, intent: {} });
    writeFileSync(file, text);
    expect(journal.recall(urn)).toBeUndefined();
  });

  it("that cannot be written is no error", () => {
    writeFileSync(path.join(folder, "file"), "");
    const nowhere = openJournal(path.join(folder, "file", "notes"));
    nowhere.note(urn, {});
    expect(nowhere.recall(urn)).toBeUndefined();
    nowhere.forget(urn);
  });

  it("lies where each platform keeps such things", () => {
    const home = { HOME: "/home/u" };
    expect(journalDirectory(home, "linux")).toBe("/home/u/.local/state/pulumi-patchbay/journal");
    expect(journalDirectory({ ...home, XDG_STATE_HOME: "/state" }, "linux")).toBe("/state/pulumi-patchbay/journal");
    expect(journalDirectory(home, "darwin")).toBe("/home/u/Library/Application Support/pulumi-patchbay/journal");
    const windows = { LOCALAPPDATA: String.raw`C:\Users\u\AppData\Local` };
    expect(journalDirectory(windows, "win32")).toBe(String.raw`C:\Users\u\AppData\Local\pulumi-patchbay\journal`);
    expect(journalDirectory({ HOME: String.raw`D:\u` }, "win32")).toBe(String.raw`D:\u\AppData\Local\pulumi-patchbay\journal`);
  });

  it("is where docs/with-pulumi.md says", () => {
    const rows = [
      ["Linux", journalDirectory({ HOME: "~" }, "linux")],
      ["macOS", journalDirectory({ HOME: "~" }, "darwin")],
      ["Windows", journalDirectory({ LOCALAPPDATA: "%LOCALAPPDATA%" }, "win32")],
    ].map(([system, folder]) => [system as string, `\`${folder}\``]);
    expectDocumentPart("docs/with-pulumi.md", "notes", markdownTable(["system", "notes of runs"], rows));
  });
});

describe("a run", () => {
  const inputs = { name: "orders", __provider: "text" };

  function hooksWith(work: (run: Run) => unknown, engineIsThere?: boolean, withUrn = true) {
    const host = new RecordingHost();
    const asked = { count: 0 };
    const given = { ...inputs };
    if (withUrn) host.calls.set(given, { urn, timeoutMs: 0 });
    const isEngineThere = async () => {
      asked.count += 1;
      return engineIsThere !== false;
    };
    const surroundings = {
      host: Object.assign(host, engineIsThere === undefined ? {} : { isEngineThere }),
      settings: CONFIGURED,
      journal,
      carrier: () => new RecordingCarrier(),
    };
    const hooks = lifecycle(fakeOperation({ work: (run) => ({ name: "orders", ...(work(run) as object) }) }), surroundings);
    return { create: () => hooks.create(given), read: () => hooks.read("id", given), delete: () => hooks.delete("id", given), asked };
  }

  it.each([undefined, true])("that ended, well or not, leaves no note (engine there: %p)", async (there) => {
    await hooksWith((run) => run.note({ a: 1 }), there).create();
    expect(journal.recall(urn)).toBeUndefined();
    const failing = (run: Run) => {
      run.note({ a: 1 });
      throw new Error("failed");
    };
    await expect(hooksWith(failing, there).create()).rejects.toThrow();
    expect(journal.recall(urn)).toBeUndefined();
  });

  it("whose engine is gone leaves its note for the next one, which forgets it", async () => {
    await hooksWith((run) => run.note({ a: 1 }), false).create();
    expect(journal.recall(urn)).toEqual({ a: 1 });
    let recalled: unknown;
    await hooksWith((run) => {
      recalled = run.recall();
    }, true).create();
    expect(recalled).toEqual({ a: 1 });
    expect(journal.recall(urn)).toBeUndefined();
  });

  it("that noted nothing asks the engine nothing", async () => {
    const quiet = hooksWith(() => ({}), true);
    await quiet.create();
    await quiet.delete();
    expect(quiet.asked.count).toBe(0);
  });

  it("that only reads leaves a note where it is, and a destroy ends it", async () => {
    journal.note(urn, { a: 1 });
    await hooksWith(() => ({}), true).read();
    expect(journal.recall(urn)).toEqual({ a: 1 });
    await hooksWith(() => ({}), true).delete();
    expect(journal.recall(urn)).toBeUndefined();
  });

  it("of which nobody knows whose it is notes nothing", async () => {
    await hooksWith((run) => run.note({ a: 1 }), false, false).create();
    expect(() => files()).toThrow();
  });
});

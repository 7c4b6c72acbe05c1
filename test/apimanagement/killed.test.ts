import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openJournal } from "../../provider/engine/journal";
import type { Cloud } from "../cloud";
import { runTimeFaster } from "../support/fastClock";
import type { HookDriver } from "../support/hookDriver";
import { before, bodyOf, patchOf, place, startGateway } from "./gateway";

let cloud: Cloud;
let patch: HookDriver;
let folder: string;
let setTimeRight: () => void;

beforeEach(async () => {
  setTimeRight = runTimeFaster(20);
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-killed-"));
  cloud = await startGateway();
  patch = patchOf(cloud);
  patch.noteIn(openJournal(folder));
});

afterEach(async () => {
  setTimeRight();
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(cloud.failures).toEqual([]);
});

const restore = { ...place, onDestroy: "restore" };
const header = { credentials: { header: { "x-team": ["ours"] } } };
const writes = () => cloud.requests.filter(({ method }) => method === "PATCH" || method === "PUT").length;
const notes = () => readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));

/** Kills the process when its write has reached the cloud. */
async function killedWhileWriting(given: Record<string, unknown>, hasActed: boolean): Promise<void> {
  const already = writes();
  cloud.faults.add({ path: "/backends/orders", method: "PATCH", mode: "hang", apply: hasActed });
  const ended = patch.up(given).catch(() => undefined);
  while (writes() === already) await new Promise((resolve) => setTimeout(resolve, 20));
  patch.kill();
  await ended;
  cloud.faults.clear();
}

describe("a process that is killed while it patches a backend that destroy restores", () => {
  it.each([true, false])("is followed by runs that put back the exact backend (the cloud acted: %s)", async (hasActed) => {
    await killedWhileWriting({ ...restore, description: "ours", tls: { validateCertificateName: false } }, hasActed);
    expect(notes()).toHaveLength(1);
    await patch.up({ ...restore, description: "ours", tls: { validateCertificateName: false } });
    expect(bodyOf(cloud)).toMatchObject({ description: "ours" });
    expect(notes()).toEqual([]);
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual(before);
  });

  it("at an update with a new member, is followed by runs that put back the exact backend", async () => {
    await patch.up({ ...restore, description: "ours" });
    await killedWhileWriting({ ...restore, description: "ours, too", title: "ours" }, true);
    await patch.up({ ...restore, description: "ours, too", title: "ours" });
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual(before);
  });

  it("puts back a member that the next program gives no longer", async () => {
    await killedWhileWriting({ ...restore, description: "ours", title: "ours" }, true);
    await patch.up({ ...restore, title: "ours" });
    expect(bodyOf(cloud)).toMatchObject({ title: "ours", description: before.description });
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual(before);
  });

  it("takes what somebody else wrote in the meantime for what was there first", async () => {
    await killedWhileWriting({ ...restore, description: "ours", title: "ours" }, true);
    cloud.changeBackend("apim-prod", "orders", { description: "theirs" });
    await patch.up({ ...restore, description: "ours", title: "ours" });
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual({ ...before, description: "theirs" });
  });

  it("notes no secret, says that its first value is lost, and leaves it as it is at destroy", async () => {
    await killedWhileWriting({ ...restore, ...header, title: "ours", url: "https://a:b@c.example.com/" }, true);
    const [note = ""] = notes();
    expect(JSON.parse(note)).toMatchObject({
      intent: { prior: { title: before.title }, written: { title: "ours" }, hidden: [["url"], ["credentials", "header"]] },
    });
    for (const secret of ["x-team", "gold-team", "a:b@", before.url]) expect(note).not.toContain(secret);
    await patch.up({ ...restore, ...header, title: "ours", url: "https://a:b@c.example.com/" });
    const names = /was killed while it wrote url, credentials\.header; what was there before is not known/;
    expect(patch.said).toContainEqual(expect.stringMatching(names));
    await patch.destroy();
    expect(bodyOf(cloud)).toMatchObject({ title: before.title, ...header, url: "https://a:b@c.example.com/" });
  });

  it("loses no secret's first value where nothing was written", async () => {
    await killedWhileWriting({ ...restore, ...header }, false);
    await patch.up({ ...restore, ...header });
    expect(patch.said.join("\n")).not.toContain("not known");
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual(before);
  });

  it.each([
    ["of another backend", { id: "/other" }],
    ["without the values from before", { prior: 7 }],
    ["that names no leaves", { hidden: [7, []], written: null }],
  ])("believes no note %s", async (_which, damage) => {
    await killedWhileWriting({ ...restore, title: "ours" }, true);
    const file = path.join(folder, readdirSync(folder)[0] as string);
    const record = JSON.parse(readFileSync(file, "utf8")) as { intent: object };
    writeFileSync(file, JSON.stringify({ ...record, intent: { ...record.intent, ...damage } }));
    await patch.up({ ...restore, title: "ours" });
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual({ ...before, title: "ours" });
  });
});

describe("a patch that is not to be restored", () => {
  it("notes nothing", async () => {
    await killedWhileWriting({ ...place, title: "ours" }, true);
    expect(notes()).toEqual([]);
  });
});

describe("a write that acted, was answered with 503, and met somebody else's change of an owned member", () => {
  it("is a conflict, and what was there first is not forgotten", async () => {
    const answered = { status: 503, headers: { "Retry-After": "0" } };
    cloud.faults.add({
      ...{ method: "PATCH", path: "/backends/orders", mode: "answer", apply: true, ...answered },
      after: () => cloud.changeBackend("apim-prod", "orders", { description: "theirs" }),
    });
    await expect(patch.up({ ...restore, title: "ours", description: "ours" })).rejects.toThrow(/Somebody else changed .*description/);
    await patch.up({ ...restore, title: "ours", description: "ours" });
    await patch.destroy();
    expect(bodyOf(cloud)).toMatchObject({ title: before.title });
  });
});

import type { Cloud } from "../cloud";
import { before, bodyOf, methods, patchOf, place, startGateway } from "./gateway";

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startGateway();
});

afterEach(async () => {
  expect(cloud.failures).toEqual([]);
  await cloud.stop();
});

const restore = { ...place, onDestroy: "restore" };
const bearer = { authorization: { scheme: "Bearer", parameter: "ours" } };

/** What the program gave, run by run; each must end in the backend as it was. */
const histories: [string, object[]][] = [
  ["one leaf, changed", [{ title: "a" }, { title: "b" }]],
  [
    "leaves that come and go",
    [{ title: "a" }, { title: "a", url: "https://a.example.com" }, { url: "https://a.example.com" }, { title: "c" }],
  ],
  [
    "a member removed whole, then others",
    [{ credentials: null }, { credentials: null, title: "a" }, { title: "a", credentials: null, description: null }],
  ],
  ["a single leaf, then its member removed whole", [{ credentials: bearer }, { credentials: null }, { credentials: null, title: "a" }]],
  ["a member removed whole, then a single leaf", [{ credentials: null }, { credentials: bearer }, { credentials: bearer, title: "a" }]],
  ["a member removed whole, then let go", [{ credentials: null, title: "a" }, { title: "a" }]],
  [
    "a map as a whole",
    [{ credentials: { header: { "x-team": ["ours"], more: ["b"] } } }, { credentials: { header: null, query: { a: ["b"] } } }],
  ],
  ["one flag of tls where there was none", [{ tls: { validateCertificateName: false } }, { title: "a" }]],
  [
    "both flags, one by one",
    [{ tls: { validateCertificateName: false } }, { tls: { validateCertificateName: false, validateCertificateChain: false } }],
  ],
  [
    "both flags of tls, then tls removed",
    [{ tls: { validateCertificateChain: false, validateCertificateName: false } }, { tls: null, title: "a" }],
  ],
  ["a proxy where there was none", [{ proxy: { url: "http://p.example.com", password: "secret" } }, { title: "a" }]],
  [
    "members newer than this package",
    [{ extraProperties: { novelty: { a: 1, b: { c: 2 } } } }, { extraProperties: { novelty: { b: null } } }],
  ],
];

describe('onDestroy: "restore"', () => {
  it.each(histories)("puts back the exact backend after %s", async (_history, runs) => {
    const patch = patchOf(cloud);
    for (const given of runs) {
      expect(await patch.up({ ...restore, ...given })).not.toBe("unchanged");
      methods(cloud);
      expect(await patch.up({ ...restore, ...given })).toBe("unchanged");
      await patch.refresh();
      expect(await patch.up({ ...restore, ...given })).toBe("unchanged");
      expect(methods(cloud)).toEqual(["GET"]);
    }
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual(before);
  });

  it("keeps what was removed removed while other members change", async () => {
    const patch = patchOf(cloud);
    await patch.up({ ...restore, credentials: null });
    await patch.up({ ...restore, credentials: null, title: "a" });
    expect(bodyOf(cloud)).not.toHaveProperty("credentials");
    await patch.up({ ...restore, title: "a" });
    expect(bodyOf(cloud)).toEqual({ ...before, title: "a" });
  });

  it("leaves the flag of tls that somebody else turned off in the meantime", async () => {
    const patch = patchOf(cloud);
    await patch.up({ ...restore, tls: { validateCertificateChain: false } });
    cloud.changeBackend("apim-prod", "orders", { tls: { validateCertificateName: false } });
    await patch.destroy();
    expect(bodyOf(cloud)).toEqual({ ...before, tls: { validateCertificateChain: true, validateCertificateName: false } });
  });

  it("says what to do where the service refuses what was first, since somebody else has changed the other half of it", async () => {
    cloud.addBackend("apim-prod", "bare", { url: "https://bare.example.com/", protocol: "http" });
    const patch = patchOf(cloud);
    await patch.up({ ...restore, backendId: "bare", credentials: bearer });
    cloud.changeBackend("apim-prod", "bare", { credentials: { authorization: { scheme: "Theirs" } } });
    await expect(patch.destroy()).rejects.toThrow(
      /What was there first could not be put back\. PUT .* was refused: 400 .*To leave the backend as it is instead, set onDestroy: "leave"/,
    );
    await patch.up({ ...place, backendId: "bare", credentials: bearer });
    await patch.destroy();
    expect(cloud.backend("apim-prod", "bare").properties).toMatchObject({ credentials: bearer });
  });

  it("does nothing about leaves that were written before it was asked for", async () => {
    const patch = patchOf(cloud);
    await patch.up({ ...place, title: "a" });
    await patch.up({ ...restore, title: "a" });
    methods(cloud);
    await patch.destroy();
    expect(methods(cloud)).toEqual([]);
    expect(bodyOf(cloud)).toMatchObject({ title: "a" });
  });

  it("keeps the first values through a change of its own setting, and forgets them with leave", async () => {
    const patch = patchOf(cloud);
    await patch.up({ ...restore, title: "a" });
    await patch.up({ ...place, title: "a" });
    expect(patch.state).not.toHaveProperty("prior");
    expect(patch.state).not.toHaveProperty("written");
  });
});

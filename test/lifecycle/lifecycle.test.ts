import { inspect } from "node:util";
import { lifecycle } from "../../provider/engine/lifecycle";
import type { Run } from "../../provider/engine/operation";
import { PartialStateError } from "../../provider/engine/partialState";
import { ConflictError, PatchbayError, ProviderBugError } from "../../provider/errors";
import { fakeOperation } from "./fakeOperation";
import { CONFIGURED, hooksOf, RecordingCarrier, RecordingHost } from "./surroundings";

const PLANTED = "planted-4f1c";
const inputs = { name: "orders", secretKey: "k", __provider: "text", __secret: ["secretKey"] };

/** What a hook throws, whatever its kind. */
async function thrownBy(work: () => Promise<unknown>): Promise<Error & { id?: unknown; properties?: unknown; reasons?: unknown }> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

const deeds: [string, (fake: { work: () => never }) => Promise<unknown>][] = [
  ["check", (fake) => hooksOf(fakeOperation({ announce: fake.work })).hooks.check({}, { ...inputs })],
  ["diff", (fake) => hooksOf(fakeOperation({ changes: fake.work })).hooks.diff("id", { ...inputs }, { ...inputs })],
  ["create", (fake) => hooksOf(fakeOperation(fake)).hooks.create({ ...inputs })],
  ["read", (fake) => hooksOf(fakeOperation(fake)).hooks.read("id", { ...inputs })],
  ["update", (fake) => hooksOf(fakeOperation(fake)).hooks.update("id", { ...inputs }, { ...inputs })],
  ["delete", (fake) => hooksOf(fakeOperation(fake)).hooks.delete("id", { ...inputs })],
];

describe.each(deeds)("%s", (_deed, call) => {
  it("asks for a report of a mistake in this package, without the words of the original", async () => {
    const error = await thrownBy(() =>
      call({
        work: () => {
          throw new TypeError(`cannot read ${PLANTED}\n    at ${PLANTED} (/x/y.js:1:1)`);
        },
      }),
    );
    expect(error).toBeInstanceOf(ProviderBugError);
    expect(error.message).toMatch(
      /^An unexpected TypeError happened at .*\(lifecycle\.test\.ts:\d+:\d+\)\. This is a mistake in pulumi-patchbay/,
    );
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(PLANTED);
    expect(error.stack).toBe("");
  });

  it("asks for a report of whatever else is thrown", async () => {
    const work = () => {
      throw { message: PLANTED };
    };
    const error = await thrownBy(() => call({ work }));
    expect(error.message).toMatch(/^An unexpected object was thrown\. This is a mistake/);
  });

  it("says of an error of the system which it was", async () => {
    const error = await thrownBy(() =>
      call({
        work: () => {
          throw Object.assign(new Error(PLANTED), { code: "MODULE_NOT_FOUND" });
        },
      }),
    );
    expect(error.message).toContain("An unexpected Error (MODULE_NOT_FOUND) happened");
    expect(error.message).not.toContain(PLANTED);
  });

  it("passes an error of this package on as it is, without a stack", async () => {
    const conflict = new ConflictError("Somebody else changed it.");
    const error = await thrownBy(() =>
      call({
        work: () => {
          throw conflict;
        },
      }),
    );
    expect(error).toBe(conflict);
    expect(`${error}: ${error.stack}`).toBe("ConflictError: Somebody else changed it.: ");
    expect(error.id).toBeUndefined();
  });
});

describe("a transport that cannot be opened", () => {
  const carrier = () => {
    throw new TypeError(PLANTED);
  };
  const hooks = lifecycle(fakeOperation({}), { host: new RecordingHost(), settings: CONFIGURED, carrier });

  it("is a mistake like any other for what sends, and none for what does not", async () => {
    for (const call of [
      () => hooks.create({ ...inputs }),
      () => hooks.read("id", { ...inputs }),
      () => hooks.delete("id", { ...inputs }),
    ]) {
      const error = await thrownBy(call);
      expect(error).toBeInstanceOf(ProviderBugError);
      expect(error.message).not.toContain(PLANTED);
    }
    expect((await hooks.check({}, { ...inputs })).failures).toEqual([]);
    expect((await hooks.diff("id", { ...inputs }, { ...inputs })).changes).toBe(false);
  });
});

describe("a partly made resource", () => {
  const partial = () => {
    throw new PartialStateError("Accepted, and its end was not seen.", "id-of-orders", {
      name: "orders",
      secretKey: PLANTED,
      pending: { url: `https://x/?sig=${PLANTED}`, at: undefined },
    });
  };

  it.each(deeds.slice(2))("leaves %s with id, properties and reasons, as the SDK reads them", async (_deed, call) => {
    const error = await thrownBy(() => call({ work: partial }));
    expect(error.id).toBe("id-of-orders");
    expect(error.properties).toEqual({
      name: "orders",
      secretKey: PLANTED,
      pending: { url: `https://x/?sig=${PLANTED}` },
      __provider: "text",
      __secret: ["secretKey"],
      __given: [],
    });
    expect(error.reasons).toEqual(["Accepted, and its end was not seen."]);
    expect(error).toBeInstanceOf(PatchbayError);
  });

  it("shows no value of its state when it is printed", async () => {
    const error = await thrownBy(() => hooksOf(fakeOperation({ work: partial })).hooks.create({ ...inputs }));
    for (const printed of [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), String(error), error.stack ?? ""]) {
      expect(printed).not.toContain(PLANTED);
    }
  });

  it("remembers which reported arguments were given", async () => {
    const call = (given: object) => thrownBy(() => hooksOf(fakeOperation({ work: partial })).hooks.create({ ...inputs, ...given }));
    expect((await call({ port: 1 })).properties).toHaveProperty("__given", ["port"]);
    expect((await call({ state: { description: "d" } })).properties).toHaveProperty("__given", ["state.description"]);
  });
});

describe("a run that the lifecycle opens", () => {
  async function timeLeftMs(given: object, callTimeoutMs?: number): Promise<number> {
    const host = new RecordingHost();
    const carrier = new RecordingCarrier([{ status: 200, headers: {}, body: {}, requestId: "", correlationId: "" }]);
    const work = async (run: Run) => {
      await run.send({ cloud: "azure", method: "GET", path: ["a"], apiVersion: "1", repeat: "read", answer: "object" });
      return {};
    };
    const { hooks } = hooksOf(fakeOperation({ work }), { host, carrier });
    const news = { ...inputs, ...given };
    if (callTimeoutMs !== undefined) host.calls.set(news, { urn: "urn", timeoutMs: callTimeoutMs });
    const startedMs = Date.now();
    await hooks.create(news);
    return Math.round(((carrier.options[0]?.deadlineMs ?? 0) - startedMs) / 1000) * 1000;
  }

  it("has the engine's timeout, else the argument's, else half an hour", async () => {
    expect(await timeLeftMs({})).toBe(1_800_000);
    expect(await timeLeftMs({ timeouts: { create: "90s", update: "1h" } })).toBe(90_000);
    expect(await timeLeftMs({ timeouts: { create: "90s" } }, 5_000)).toBe(5_000);
    expect(await timeLeftMs({ timeouts: { create: "90s" } }, 0)).toBe(90_000);
    expect(await timeLeftMs({ timeouts: { create: "garbage" } })).toBe(1_800_000);
    expect(await timeLeftMs({ timeouts: null })).toBe(1_800_000);
  });
});

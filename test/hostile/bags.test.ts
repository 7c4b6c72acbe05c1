import fc from "fast-check";
import { lifecycle } from "../../provider/engine/lifecycle";
import { NotSentError, PatchbayError, ProviderBugError } from "../../provider/errors";
import { CONFIGURED, RecordingHost } from "../lifecycle/surroundings";
import { wrongInPrototypes } from "../salvage/invariants";
import { runs } from "../support/runs";
import { type Subject, subjects } from "./operations";
import { hostile, hostileInState } from "./values";

type Members = Record<string, unknown>;

const often = runs(60);
/** What the carrier ends each request with: that the hook came so far is a good end. */
const UNREACHABLE = "there is no service here";

function hooksOf({ operation }: Subject) {
  const host = new RecordingHost();
  const end = async () => {
    throw new NotSentError(UNREACHABLE);
  };
  return { host, hooks: lifecycle(operation, { host, settings: CONFIGURED, carrier: () => ({ send: end, follow: end, resume: end }) }) };
}

/** Where in arguments or state a hostile value is put: a member, one below it, or one that nobody knows. */
function placesIn(members: Members): string[][] {
  const below = Object.entries(members).flatMap(([name, value]) =>
    typeof value === "object" && value !== null ? Object.keys(value).map((part) => [name, part]) : [],
  );
  return [...Object.keys(members).map((name) => [name]), ...below, ["unheard-of"], ["__secret"], ["__given"], ["__urn"], ["timeouts"]];
}

function spoiled(members: Members, original: Members, [name = "", part]: readonly string[], value: unknown): Members {
  const inner = original[name];
  const isList = Array.isArray(inner);
  const spoiledInner = isList ? Object.assign([...inner], { [part ?? ""]: value }) : { ...(inner as object), [part ?? ""]: value };
  return { ...members, [name]: part === undefined ? value : spoiledInner };
}

/** Members with a hostile value at up to two places; now and then the whole bag is one that is not known before it is read. */
function bag(members: Members, value = hostile): fc.Arbitrary<() => Members> {
  const place = fc.constantFrom(...placesIn(members));
  return fc.tuple(fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 2 }), fc.boolean()).map(([changes, isProxy]) => () => {
    const whole = changes.reduce((all, [at, make]) => spoiled(all, members, at, make()), members);
    return isProxy ? new Proxy(whole, {}) : whole;
  });
}

/** Whether a terminal and the engine can show it. */
function isShowable(sentence: string): boolean {
  return sentence.length <= 2_000 && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(sentence);
}

/** What is wrong with the end of a hook. */
async function wrongIn(hook: Promise<unknown>, isOfState = false): Promise<string[]> {
  try {
    await hook;
    return [];
  } catch (error) {
    const { name, message } = error as Error;
    // Of a state that nobody recorded it may be said that there is a mistake; of arguments there is more to say.
    const isTyped = error instanceof PatchbayError && (isOfState || !(error instanceof ProviderBugError));
    return isTyped && isShowable(message) ? [] : [`${name}: ${JSON.stringify(message.slice(0, 500))}`];
  }
}

describe.each(subjects.map((subject) => [subject.title, subject] as const))(
  `hostile members of %s, ${often.numRuns} cases each,`,
  (_title, subject) => {
    const { hooks, host } = hooksOf(subject);
    const expectShowable = () => {
      expect(host.lines.splice(0).filter(({ message }) => !isShowable(message))).toEqual([]);
      expect(wrongInPrototypes()).toEqual([]);
    };

    it("end in a list of mistakes in check, each with its path", async () => {
      await fc.assert(
        fc.asyncProperty(bag(subject.given), async (make) => {
          const { failures, inputs } = await hooks.check({}, make());
          for (const { property, reason } of failures) {
            expect(property).not.toBe("");
            expect([property, isShowable(`${property} ${reason}`)]).toEqual([property, true]);
            expect(property.length + reason.length).toBeLessThan(1_000);
          }
          // What check gives back is JSON, whatever it was given.
          if (failures.length === 0) expect(() => JSON.stringify(inputs)).not.toThrow();
          expectShowable();
        }),
        often,
      );
    });

    it("end in a typed error, or well, in diff, create and update", async () => {
      await fc.assert(
        fc.asyncProperty(bag(subject.given), bag(subject.state, hostileInState), async (given, state) => {
          const wrong = [
            ...(await wrongIn(hooks.diff(subject.id, subject.state, given()))),
            ...(await wrongIn(hooks.create(given()))),
            ...(await wrongIn(hooks.update(subject.id, subject.state, given()))),
            ...(await wrongIn(hooks.diff(subject.id, state(), subject.given), true)),
            ...(await wrongIn(hooks.update(subject.id, state(), subject.given), true)),
          ];
          expect(wrong).toEqual([]);
          expectShowable();
        }),
        often,
      );
    });

    it("end in a typed error, or well, when they are read back as state", async () => {
      await fc.assert(
        fc.asyncProperty(bag(subject.state, hostileInState), async (state) => {
          expect([
            ...(await wrongIn(hooks.read(subject.id, state()), true)),
            ...(await wrongIn(hooks.delete(subject.id, state()), true)),
          ]).toEqual([]);
          expectShowable();
        }),
        often,
      );
    });
  },
);

import fc from "fast-check";
import { runTimeFaster } from "../support/fastClock";
import { runs } from "../support/runs";
import { type Damage, damage } from "./damage";
import { healthy, type Scenario, type Subject, tried } from "./scenario";

/** As many cases an operation, shared out among the answers. */
const CASES = 300;
/** Such that a wait is soon over, and a try's own limit is not reached while the machine is busy with something else. */
const FASTER = 60;

/** Damages each answer of each conversation in turn. */
export function salvage(subject: Subject, scenarios: readonly Scenario[]): void {
  const answers = scenarios.flatMap(({ conversation }) => conversation).length;
  const each = Math.ceil(CASES / answers);
  const { numRuns } = runs(each);

  describe(`${subject.operation.name}, ${numRuns * answers} cases`, () => {
    let setTimeRight: () => void;
    beforeAll(async () => {
      // The first request of a process loads what it needs, which takes its time.
      setTimeRight = runTimeFaster(FASTER / 6);
      await Promise.all(scenarios.slice(0, 1).map((first) => healthy(subject, first)));
      setTimeRight();
      setTimeRight = runTimeFaster(FASTER);
    });
    afterAll(() => setTimeRight());

    for (const scenario of scenarios) {
      const { found = [] } = scenario;
      const about = `${scenario.hook} ${scenario.title}`.trim();
      it(`${about} asks what is damaged below`, async () => {
        expect(await healthy(subject, scenario)).toEqual(scenario.conversation);
      });
      for (const [index, line] of scenario.conversation.entries()) {
        it(`${about}: ends in a true state or a typed error whatever comes to request ${index + 1}, ${line} (${numRuns} cases)`, () =>
          fc.assert(
            fc.asyncProperty(damage, async (one) => {
              expect(await tried(subject, scenario, index + 1, one)).toEqual([]);
            }),
            { ...runs(each), examples: found.filter(([nth]) => nth === index + 1).map(([, one]) => [one] as [Damage]) },
          ));
      }
    }
  });
}

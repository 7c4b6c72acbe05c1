/**
 * Runs each arm once in every repetition, beginning with another one each time, so that no arm always has the warm
 * machine, and gives what each measured in the order of the repetitions.
 */
export async function interleaved<Arm extends string, Figures>(
  arms: readonly Arm[],
  repetitions: number,
  measure: (arm: Arm, repetition: number) => Promise<Figures>,
): Promise<Record<Arm, Figures[]>> {
  const measured = Object.fromEntries(arms.map((arm) => [arm, [] as Figures[]])) as Record<Arm, Figures[]>;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (let turn = 0; turn < arms.length; turn += 1) {
      const arm = arms[(turn + repetition) % arms.length] as Arm;
      measured[arm].push(await measure(arm, repetition));
    }
  }
  return measured;
}

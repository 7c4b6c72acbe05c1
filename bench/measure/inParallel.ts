/** Does the work for 0 … count - 1, so many at a time. */
export async function inParallel(count: number, atATime: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
}

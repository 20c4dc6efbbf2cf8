const LONGEST_MS = 1000

/** Resolves when `count` has not grown during two whole turns of the event loop: the kernel holds nothing more for us. */
export const untilQuiet = async (count: () => number): Promise<void> => {
  const endMs = performance.now() + LONGEST_MS
  for (let before = -1, now = count(); before !== now && performance.now() < endMs; now = count()) {
    before = now
    await turn()
    await turn()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

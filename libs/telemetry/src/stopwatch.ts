/** Begins to count. @returns a function that says how many seconds have passed since, however often it is asked. */
export const startStopwatch = (): (() => number) => {
  const began = performance.now();
  return () => (performance.now() - began) / 1_000;
};

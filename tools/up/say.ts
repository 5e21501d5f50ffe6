const startedAt = Date.now();

/** A line for the person at the terminal, with the seconds since the start. */
export function say(line: string): void {
  console.log(`${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);
}

/** Says how long a task took, once it has. */
export async function timed<T>(what: string, task: () => Promise<T>): Promise<T> {
  const from = Date.now();
  const value = await task();
  say(`${what} (${((Date.now() - from) / 1000).toFixed(1)} s)`);
  return value;
}

/** Ends with one clear line in place of a stack trace. */
export class SetUpFailed extends Error {}

/** How the set-up speaks: one line a step with its time, and one line when it cannot go on. */

/** Does one step and says how long it took. */
export async function timed(step, work) {
  const startedAt = performance.now();
  const result = await work();
  console.log(`${step}: ready (${seconds(performance.now() - startedAt)})`);
  return result;
}

/** `83_000` → `1 min 23 s`; below a minute with a tenth. */
export function seconds(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** One line, and a status that scripts see. */
export function giveUp(line) {
  console.error(line);
  process.exit(1);
}

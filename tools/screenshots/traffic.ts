import { setTimeout as after } from "node:timers/promises";

/** How long it takes until the chart of fifteen minutes has something to tell. */
const ENOUGH_MS = 100_000;
const TICK_MS = 250;

/** What callers of the demo ask for, the common before the rare; the last ones are errors. */
const paths = ["/products", "/products/rope-12mm", "/products/anchor-7kg", "/products/fail", "/nothing"];

/** Calls the demo's open API at a rate that swells and ebbs, until it is stopped. */
export function startTraffic(endpoints: string[]): { enough: Promise<void>; stop: () => Promise<void> } {
  const stopping = new AbortController();
  const enough = Promise.withResolvers<void>();
  const running = callUntil(endpoints, stopping.signal, enough.resolve);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return { enough: enough.promise, stop };
}

async function callUntil(endpoints: string[], signal: AbortSignal, onEnough: () => void): Promise<void> {
  for (let tick = 0; !signal.aborted; tick++) {
    if (tick * TICK_MS >= ENOUGH_MS) onEnough();
    const calls = 4 + Math.round(3 * Math.sin(tick / 40) + 2 * Math.sin(tick / 11));
    for (let call = 0; call < calls; call++) await callOne(endpoints[(tick + call) % endpoints.length]!, tick + call);
    await after(TICK_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function callOne(endpoint: string, number: number): Promise<void> {
  const rare = number % 23 === 0 ? 3 : number % 61 === 0 ? 4 : number % 3;
  const answer = await fetch(`${endpoint}/catalogue${paths[rare]}`);
  await answer.arrayBuffer();
}

import { expect, test } from "vitest";
import { FakeClock } from "./clock.ts";
import { waitUntil } from "./wait.ts";

const options = { what: "the door is open", timeoutMs: 100, everyMs: 50 };

/** Lets what is due run: a probe, its sleep, and the next probe are a few turns of the queue. */
const turns = async () => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test("what holds at once is given without waiting", async () => {
  expect(await waitUntil(() => "open", { ...options, clock: new FakeClock() })).toBe("open");
});

test("a probe that throws is tried again, and its last error is the cause when time is up", async () => {
  const clock = new FakeClock();
  let probes = 0;
  const waiting = waitUntil(
    () => {
      probes += 1;
      throw new Error(`closed ${probes}`);
    },
    { ...options, clock },
  );
  const ended = waiting.catch((error: unknown) => error);
  for (let step = 0; step < 2; step += 1) {
    await turns();
    clock.advance(50);
  }
  expect(await ended).toMatchObject({
    message: "the door is open: not so after 100 ms",
    cause: new Error("closed 3"),
  });
  expect(probes).toBe(3);
});

test("an abort ends the wait with its reason", async () => {
  const stop = new AbortController();
  const waiting = waitUntil(() => false, { ...options, clock: new FakeClock(), signal: stop.signal });
  const reason = new Error("no longer wanted");
  const ended = waiting.catch((error: unknown) => error);
  await turns();
  stop.abort(reason);
  expect(await ended).toBe(reason);
});

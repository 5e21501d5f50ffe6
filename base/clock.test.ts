import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";

const DAY_MS = 86_400_000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a sleep of more days than a timer can measure lasts as long as it should", async () => {
  let isOver = false;
  void systemClock.sleep(60 * DAY_MS).then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(60 * DAY_MS - 1);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(isOver).toBe(true);
});

test("a sleep that is aborted ends with the reason, also in its second month, and leaves no timer", async () => {
  const over = new AbortController();
  const sleeping = systemClock.sleep(60 * DAY_MS, over.signal).catch((reason: unknown) => reason);
  await vi.advanceTimersByTimeAsync(40 * DAY_MS);
  over.abort(new Error("enough"));
  expect(await sleeping).toEqual(new Error("enough"));
  expect(vi.getTimerCount()).toBe(0);
  await expect(systemClock.sleep(1, over.signal)).rejects.toThrow("enough");
});

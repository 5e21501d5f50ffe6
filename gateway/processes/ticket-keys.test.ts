import { expect, test } from "vitest";
import { TicketKeys } from "./ticket-keys.ts";

test("tickets of TLS sessions are sealed with another key every twelve hours", () => {
  const [start, twelveHours] = [Date.UTC(2026, 0, 1), 12 * 3_600_000];
  const keys = new TicketKeys(start);
  const first = keys.current;
  expect(first).toHaveLength(48);
  expect(keys.renew(start + twelveHours - 1)).toBe(false);
  expect(keys.current).toBe(first);
  expect(keys.renew(start + twelveHours)).toBe(true);
  expect(keys.current.equals(first)).toBe(false);
  expect(keys.renew(start + twelveHours + 1)).toBe(false);
});

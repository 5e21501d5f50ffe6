import { expect, it } from "vitest";
import { expiryOf } from "./expiry.ts";

it("counts days from now; none means never", () => {
  expect(expiryOf("30", Date.parse("2026-11-01T00:00:00Z"))).toBe("2026-12-01T00:00:00.000Z");
  expect(expiryOf("", 0)).toBeNull();
});

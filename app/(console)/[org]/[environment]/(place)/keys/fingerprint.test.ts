import { expect, it } from "vitest";
import { fingerprintOf } from "./fingerprint.ts";

const pairs = Array.from({ length: 32 }, () => "AB");
const kept = `sha256:${"ab".repeat(32)}`;

it.each([
  `SHA256 Fingerprint=${pairs.join(":")}`,
  `sha256 Fingerprint=${pairs.join(":")}`,
  pairs.join(":"),
  ` sha256:${pairs.join("")}\n`,
  kept,
])("a fingerprint is taken as tools print it: %s", (given) => {
  expect(fingerprintOf(given)).toBe(kept);
});

it("what is no fingerprint is left as it was typed, for the control plane to refuse", () => {
  expect(fingerprintOf(" my certificate ")).toBe("my certificate");
});

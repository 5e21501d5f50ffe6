import { expect, test } from "vitest";
import { holdsLocked } from "./packages.mjs";

const locked = {
  "": { version: "0.1.0" },
  "node_modules/next": { version: "16.4.6" },
  "node_modules/@next/swc-darwin-arm64": { version: "16.4.6", optional: true },
};

test("another platform's package may be absent", () => {
  expect(holdsLocked(locked, { "node_modules/next": { version: "16.4.6" } })).toBe(true);
});

test("a needed package that is absent, or another version, calls for an install", () => {
  expect(holdsLocked(locked, {})).toBe(false);
  expect(holdsLocked(locked, { "node_modules/next": { version: "16.4.5" } })).toBe(false);
});

test("an optional package of another version calls for an install", () => {
  const installed = {
    "node_modules/next": { version: "16.4.6" },
    "node_modules/@next/swc-darwin-arm64": { version: "16.4.5" },
  };
  expect(holdsLocked(locked, installed)).toBe(false);
});

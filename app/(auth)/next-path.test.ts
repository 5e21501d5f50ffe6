import { expect, it } from "vitest";
import { nextPath } from "#app/(auth)/next-path.ts";

it.each([
  ["/acme/production?range=1h", "/acme/production?range=1h"],
  [undefined, "/"],
  ["https://evil.example/x", "/"],
  ["//evil.example/x", "/"],
  ["/\\evil.example", "/"],
  ["javascript:alert(1)", "/"],
])("%s leads to %s", (wanted, path) => expect(nextPath(wanted)).toBe(path));

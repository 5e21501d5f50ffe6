import { expect, test } from "vitest";
import { recording } from "./recording.ts";

test("short forms are parsed into the full one, and the full one stays as it is", () => {
  const full = {
    share: 1,
    requestBodyBytes: 4_096,
    responseBodyBytes: 4_096,
    redact: { headers: [], query: [], members: [] },
  };
  expect(recording.parse(true)).toEqual(full);
  expect(recording.parse(false)).toBe(false);
  const wanted = { share: "10%", statuses: ["5xx", 429], until: "2030-01-01T00:00:00+02:00" };
  const parsed = recording.parse(wanted);
  expect(parsed).toEqual({ ...full, ...wanted, share: 0.1 });
  expect(recording.parse(parsed)).toEqual(parsed);
});

test.each([
  { share: 2 },
  { requestBodyBytes: 65_537 },
  { responseBodyBytes: -1 },
  { statuses: [] },
  { statuses: ["6xx"] },
  { until: "tomorrow" },
  { redact: { headers: ["a b"] } },
  { redact: { fields: [] } },
])("%j is no recording", (value) => {
  expect(recording.safeParse(value).success).toBe(false);
});

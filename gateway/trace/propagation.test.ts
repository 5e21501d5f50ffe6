import { describe, expect, test } from "vitest";
import { Fields } from "#gateway/wire/index.ts";
import { contextFields, readContext, readDecision } from "./propagation.ts";

const T = "4bf92f3577b34da6a3ce929d0e0e4736";
const S = "00f067aa0ba902b7";
const read = (...raw: string[]) => readContext(new Fields(raw));

describe("context that comes in", () => {
  test.each([
    ["W3C, sampled", ["traceparent", `00-${T}-${S}-01`], { traceId: T, spanId: S, sampled: true, form: "w3c" }],
    [
      "W3C, not sampled, with state",
      ["traceparent", `00-${T}-${S}-00`, "tracestate", "a=1"],
      { sampled: false, state: "a=1" },
    ],
    ["a later version of W3C", ["traceparent", `01-${T}-${S}-01-more`], { traceId: T, sampled: true }],
    ["B3 in one field", ["b3", `${T}-${S}-1-05e3ac9a4f6e3b90`], { traceId: T, spanId: S, sampled: true, form: "b3" }],
    ["B3 without a decision", ["b3", `${T}-${S}`], { sampled: undefined }],
    [
      "B3 of 64 bits",
      ["b3", `a3ce929d0e0e4736-${S}-0`],
      { traceId: "0000000000000000a3ce929d0e0e4736", sampled: false },
    ],
    [
      "B3 in several",
      ["X-B3-TraceId", T, "X-B3-SpanId", S, "X-B3-Flags", "1"],
      { traceId: T, sampled: true, form: "b3multi" },
    ],
    ["both: W3C goes first", ["b3", `${T}-${S}-0`, "traceparent", `00-${T}-${S}-01`], { sampled: true, form: "w3c" }],
  ])("%s", (_name, raw, expected) => {
    expect(read(...raw)).toMatchObject(expected);
  });

  test.each([
    ["ids of nothing", `00-${"0".repeat(32)}-${S}-01`],
    ["a version that is none", `ff-${T}-${S}-01`],
    ["version 00 with more than four parts", `00-${T}-${S}-01-more`],
    ["capitals", `00-${T.toUpperCase()}-${S}-01`],
    ["something else", "hello"],
  ])("malformed context is as if it were not there: %s", (_name, value) => {
    expect(read("traceparent", value)).toBeUndefined();
  });
});

test.each([
  [["b3", "0"], { sampled: false, form: "b3" }],
  [["b3", "d"], { sampled: true, form: "b3" }],
  [["X-B3-Sampled", "false"], { sampled: false, form: "b3multi" }],
  [["X-B3-Sampled", "0", "X-B3-Flags", "1"], { sampled: true, form: "b3multi" }],
  [["b3", "yes"], undefined],
  [["X-B3-Sampled", "2"], undefined],
  [[], undefined],
])("a decision without a trace: %j", (raw, expected) => {
  expect(readDecision(new Fields(raw))).toEqual(expected);
});

test("context goes on as W3C, and in the caller's own form beside it", () => {
  const context = { traceId: T, sampled: true, state: undefined };
  expect(contextFields({ ...context, form: "w3c", state: "a=1" }, S)).toEqual([
    "traceparent",
    `00-${T}-${S}-01`,
    "tracestate",
    "a=1",
  ]);
  expect(contextFields({ ...context, form: "b3" }, S)).toContain(`${T}-${S}-1`);
  expect(contextFields({ ...context, form: "b3multi", sampled: false }, S)).toEqual(
    expect.arrayContaining(["X-B3-TraceId", T, "X-B3-Sampled", "0"]),
  );
});

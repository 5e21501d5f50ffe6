import { expect, test } from "vitest";
import { letterIn } from "./letter-line.ts";

test("a kept letter's link is for the terminal; other lines are for the log", () => {
  const line = JSON.stringify({
    level: "info",
    recipient: "ada@example.com",
    link: "http://localhost:3000/reset/new?token=t",
    msg: "letter kept in the outbox: Reset your password",
  });
  expect(letterIn(line)).toBe(
    "letter: Reset your password, for ada@example.com: http://localhost:3000/reset/new?token=t",
  );
  expect(letterIn('{"level":"info","msg":"ready"}')).toBeUndefined();
  expect(letterIn("plain text")).toBeUndefined();
});

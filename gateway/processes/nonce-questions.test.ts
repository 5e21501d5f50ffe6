import { expect, test } from "vitest";
import { NonceBook } from "#gateway/identity/index.ts";
import { NonceQuestions, type NonceUse } from "./nonce-questions.ts";

test("nonces that come together are asked about together, and each has its own answer", async () => {
  const [book, messages] = [new NonceBook(10), [] as number[]];
  const questions = new NonceQuestions(async (uses: NonceUse[]) => {
    messages.push(uses.length);
    return uses.map(({ nonce, nowMs, untilMs }) => book.use(nonce, nowMs, untilMs));
  });
  const ask = (...nonces: string[]) => Promise.all(nonces.map((nonce) => questions.isFirst(nonce, 0, 10)));
  expect(await ask("a", "b", "a", "c")).toEqual([true, true, false, true]);
  expect(await ask("d", "b")).toEqual([true, false]);
  expect(messages).toEqual([4, 2]);
});

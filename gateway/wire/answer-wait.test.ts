import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { AnswerWait, takenBytes } from "./answer-wait.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

test("what is taken at the pace is waited for as long as may be, what is taken at less is not", () => {
  const wait = new AnswerWait({ bytesPerSecond: 100, graceMs: 1_000 });
  expect(wait.begin(0, 5_000, 2_500)).toBe(1_000);
  expect(wait.look(1_000, 5_100)).toBe(2_000);
  expect(wait.look(2_000, 5_200)).toBe(2_500);
  expect(wait.look(2_500, 9_000)).toBeUndefined();
  wait.begin(0, 0, 2_500);
  expect(wait.look(1_000, 99)).toBeUndefined();
  wait.begin(0, 0, 2_500);
  expect(wait.look(1_000, 100, 2)).toBeUndefined();
});

test("without a pace only the time counts", () => {
  const wait = new AnswerWait({ bytesPerSecond: 0, graceMs: 1_000 });
  expect(wait.begin(0, 0, 2_500)).toBe(2_500);
  expect(wait.look(2_500, 0)).toBeUndefined();
});

test("bytes count as taken while the write that they are part of still waits", async () => {
  let accepted: Socket | undefined;
  const server = createServer((socket) => (accepted = socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  closing.push(
    () => server.close(),
    () => client.destroy(),
    () => accepted?.destroy(),
  );
  client.on("data", () => {}).pause();
  await waitUntil(() => accepted !== undefined, { what: "it stands", timeoutMs: 5_000 });
  const socket = accepted!;
  socket.write(Buffer.alloc(32 * 1_024 * 1_024));
  const before = takenBytes(socket);
  expect(before).toBeLessThan(socket.bytesWritten);
  let left = 8 * 1_024 * 1_024;
  client.on("data", ({ length }: Buffer) => (left -= length) > 0 || client.pause());
  client.resume();
  await waitUntil(() => takenBytes(socket) > before, { what: "more is taken", timeoutMs: 5_000 });
  expect(socket.writableNeedDrain).toBe(true);
});

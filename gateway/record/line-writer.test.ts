import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogger } from "#base/log.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { LineWriter } from "./line-writer.ts";
import { writtenAddress } from "./written-address.ts";

const folder = temporaryFolders();
const log = createLogger("test", { level: "silent" });

test("lines are written in their order, whole", async () => {
  const path = join(folder(), "lines");
  const writer = new LineWriter(path, log);
  const lines = Array.from({ length: 5_000 }, (_, index) => `${index} ${"é".repeat(index % 90)}\n`);
  for (const line of lines) writer.push(line);
  await writer.flush();
  expect(readFileSync(path, "utf8")).toBe(lines.join(""));
  expect(writer.takeDropped()).toBe(0);
});

test("a reader that stands still costs lines past a bound, which are counted, and nothing else", async () => {
  const path = join(folder(), "pipe");
  execFileSync("mkfifo", [path]);
  // Both ends, so that opening does not wait.
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const writer = new LineWriter(path, log);
  const line = `${"x".repeat(1_023)}\n`;
  for (let index = 0; index < 100; index += 1) writer.push(line);
  const first = writer.flush();
  for (let index = 0; index < 9_000; index += 1) writer.push(line);
  const dropped = writer.takeDropped();
  expect(dropped).toBe(9_000 - 8 * 1_024);
  // The reader goes on, and all that was not dropped comes.
  let bytes = 0;
  const piece = Buffer.alloc(65_536);
  const both = Promise.all([first, writer.flush()]).then(() => true);
  const wanted = (100 + 9_000 - dropped) * line.length;
  while (bytes < wanted) {
    bytes += readAvailable(reader, piece);
    await new Promise(setImmediate);
  }
  expect(await both).toBe(true);
  expect(bytes).toBe(wanted);
  closeSync(reader);
});

function readAvailable(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return 0;
    throw error;
  }
}

test("a truncated address names a network and no machine", () => {
  expect(writtenAddress("203.0.113.77", "truncated")).toBe("203.0.113.0");
  expect(writtenAddress("2001:db8:aaaa:bbbb::1", "truncated")).toBe("2001:db8:aaaa::");
  expect(writtenAddress("2001::1", "truncated")).toBe("2001:0:0::");
  expect(writtenAddress("203.0.113.77", "none")).toBeNull();
});

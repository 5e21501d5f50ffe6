import { close, openSync, write } from "node:fs";
import { messageOf } from "#base/errors.ts";
import type { Logger } from "#base/log.ts";

const STDOUT = 1;
/** POSIX: as much of a pipe is written as one, so that lines of several processes stay whole (PIPE_BUF). */
const PIPE_PIECE_BYTES = 4_096;
const FILE_PIECE_BYTES = 256 * 1_024;
/** What waits for a disk or a reader that is slow. */
const MAX_WAITING = 8 * 1_024 * 1_024;
const EVERY_MS = 200;
const BUSY_MS = 20;

/** Lines on their way to a file or to stdout: gathered, written in pieces by another thread, dropped and counted past a bound. */
export class LineWriter {
  /** Undefined: stdout. */
  readonly #path: string | undefined;
  readonly #log: Logger;
  /** What is written there, for the log. */
  readonly #what: string;
  #fd: number;
  #waiting: string[] = [];
  /** In characters, which is what it costs here. */
  #size = 0;
  #writing: Promise<void> | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #dropped = 0;
  #written = 0;
  #isTold = false;

  /** Throws where the file cannot be written to. */
  constructor(path: string | undefined, log: Logger, what = "the access log") {
    this.#path = path;
    this.#log = log;
    this.#what = what;
    this.#fd = path === undefined ? STDOUT : openFile(path);
  }

  push(line: string): void {
    if (this.#size + line.length > MAX_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#size += line.length;
    this.#timer ??= setTimeout(() => void this.flush(), EVERY_MS).unref();
  }

  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  takeWritten(): number {
    const written = this.#written;
    this.#written = 0;
    return written;
  }

  /** The file may have been renamed: lines from now on go where its name leads. */
  async reopen(): Promise<void> {
    if (this.#path === undefined) return;
    await this.flush();
    try {
      const before = this.#fd;
      this.#fd = openFile(this.#path);
      close(before, () => {});
    } catch (error) {
      this.#log.error({ err: messageOf(error), path: this.#path }, `${this.#what} cannot be opened again; it goes on`);
    }
  }

  /** Resolves when what was pushed before is written or given up. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One at a time: two writes could change places.
    while (this.#writing !== undefined) await this.#writing;
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    this.#writing = this.#writeAll(lines).finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async #writeAll(lines: readonly string[]): Promise<void> {
    for (const piece of piecesOf(lines, this.#path === undefined ? PIPE_PIECE_BYTES : FILE_PIECE_BYTES)) {
      const problem = await writeWhole(this.#fd, piece.bytes);
      if (problem === null) {
        this.#isTold = false;
        this.#written += piece.lines;
        continue;
      }
      this.#dropped += piece.lines;
      if (!this.#isTold)
        this.#log.error({ problem, path: this.#path }, `${this.#what} cannot be written; lines are dropped`);
      this.#isTold = true;
    }
  }
}

function openFile(path: string): number {
  return openSync(path, "a", 0o640);
}

/** Whole lines, as many as fit; one that does not fit stands alone. */
function* piecesOf(lines: readonly string[], maxBytes: number): Generator<{ bytes: Buffer; lines: number }> {
  let text = "";
  let [count, size] = [0, 0];
  for (const line of lines) {
    const bytes = Buffer.byteLength(line);
    if (count > 0 && size + bytes > maxBytes) {
      yield { bytes: Buffer.from(text), lines: count };
      [text, count, size] = ["", 0, 0];
    }
    text += line;
    count += 1;
    size += bytes;
  }
  yield { bytes: Buffer.from(text), lines: count };
}

/** Null: all of it was written. A pipe that is full is waited for: what comes meanwhile finds the bound. */
async function writeWhole(fd: number, bytes: Buffer): Promise<string | null> {
  for (let at = 0; at < bytes.length;) {
    const { error, written } = await writeSome(fd, bytes, at);
    if (error?.code === "EAGAIN") await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    else if (error) return messageOf(error);
    at += written;
  }
  return null;
}

function writeSome(fd: number, bytes: Buffer, at: number) {
  return new Promise<{ error: NodeJS.ErrnoException | null; written: number }>((resolve) => {
    write(fd, bytes, at, bytes.length - at, null, (error, written) => resolve({ error, written: error ? 0 : written }));
  });
}

import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";

/** One megabyte twice a replica: the file and the one before it. */
export const LOG_FILE_CAP_BYTES = 1_000_000;

/** What a process printed, on disk, bounded. When the disk refuses, lines are dropped and counted; the process goes on. */
export class LogFile {
  readonly path: string;
  dropped = 0;
  #stream: WriteStream | undefined;
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
  }

  follow(stream: Readable): void {
    stream.on("data", (chunk: Buffer) => this.write(chunk));
  }

  write(chunk: Buffer | string): void {
    try {
      if (!this.#stream || this.#bytes > LOG_FILE_CAP_BYTES) this.#open();
    } catch {
      this.dropped += 1;
      return;
    }
    this.#bytes += chunk.length;
    this.#stream?.write(chunk);
  }

  /** Newest last. */
  async tail(lines: number): Promise<string[]> {
    const older = await readFile(`${this.path}.1`, "utf8").catch(() => "");
    const newer = await readFile(this.path, "utf8").catch(() => "");
    return (older + newer).split("\n").filter(Boolean).slice(-lines);
  }

  close(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(): void {
    this.#stream?.end();
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    this.#bytes = existsSync(this.path) ? statSync(this.path).size : 0;
    if (this.#bytes > LOG_FILE_CAP_BYTES) {
      renameSync(this.path, `${this.path}.1`);
      this.#bytes = 0;
    }
    this.#stream = createWriteStream(this.path, { flags: "a", mode: 0o600 });
    this.#stream.on("error", () => (this.dropped += 1));
  }
}

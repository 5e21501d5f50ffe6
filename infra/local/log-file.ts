import { createWriteStream, existsSync, mkdirSync, openSync, renameSync, statSync, type WriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";

/** One megabyte twice a replica: the file and the one before it. */
export const LOG_FILE_CAP_BYTES = 1_000_000;
/** What a slow disk may hold up in memory; what comes then is dropped. */
const BACKLOG_CAP_BYTES = 2_000_000;

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
      this.#stream ??= this.#open();
      // By our own count: the file's size says nothing of what is still on its way there.
      if (this.#bytes > LOG_FILE_CAP_BYTES) this.#stream = this.#anew(this.#stream);
    } catch {
      this.dropped += 1;
      return;
    }
    if (this.#stream.destroyed || this.#stream.writableLength > BACKLOG_CAP_BYTES) return void (this.dropped += 1);
    this.#bytes += chunk.length;
    this.#stream.write(chunk);
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

  #open(): WriteStream {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    this.#bytes = existsSync(this.path) ? statSync(this.path).size : 0;
    // Opened here and now, so that the file is there when it is to be renamed.
    const stream = createWriteStream(this.path, { fd: openSync(this.path, "a", 0o600) });
    stream.on("error", () => {
      this.dropped += 1;
      // The next line tries again: there may be space by then.
      if (this.#stream === stream) this.#stream = undefined;
    });
    return stream;
  }

  /** What the old stream still holds goes to the renamed file. */
  #anew(old: WriteStream): WriteStream {
    old.end();
    renameSync(this.path, `${this.path}.1`);
    return this.#open();
  }
}

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** A socket without a network: what is sent into it comes piece by piece, and what is written to it is kept. */
export class MemorySocket extends Duplex {
  readonly written: Buffer[] = [];
  #holds = false;
  #taken: (() => void) | undefined = undefined;

  constructor() {
    super({ allowHalfOpen: true });
  }

  /** As the connection's owner sees it: the members that a stream of memory lacks are added below. */
  get socket(): Socket {
    return this as unknown as Socket;
  }

  /** Node counts what waits as well. */
  get bytesWritten(): number {
    return this.written.reduce((sum, { length }) => sum + length, 0);
  }

  get text(): string {
    return Buffer.concat(this.written).toString("latin1");
  }

  /** Each piece comes in a turn of its own, as memory that its reader may write to; then the sender closes its side. */
  async send(pieces: readonly Buffer[], ends = true): Promise<void> {
    for (const piece of pieces) {
      if (this.destroyed) return;
      this.push(Buffer.from(piece));
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (ends && !this.destroyed) this.push(null);
  }

  override _read(): void {}

  /** The other side takes nothing from now on; what is written waits. */
  hold(): void {
    this.#holds = true;
  }

  /** It takes what waited, and goes on. */
  release(): void {
    this.#holds = false;
    this.#taken?.();
    this.#taken = undefined;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk);
    if (this.#holds) this.#taken = done;
    else done();
  }

  destroySoon(): void {
    this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  resetAndDestroy(): void {
    this.destroy();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}

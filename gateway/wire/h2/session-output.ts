import type { Socket } from "node:net";
import { FRAME, HEAD_BYTES, frameHead } from "./frames.ts";

/** Up to here copying bytes beside others costs less than handing the kernel another piece; see h1/answer-writer.ts. */
const ONE_PIECE_BYTES = 8_192;
/** What is gathered goes out at this size even before the turn's end. */
const GATHER_BYTES = 65_536;

/**
 * What a session sends. The answers of one turn of the event loop are gathered as Latin-1 text, which is bytes as they are,
 * and leave in one piece: over TLS each piece is a record of its own.
 */
export class SessionOutput {
  readonly #socket: Socket;
  #text = "";
  #scheduled = false;
  /** Of what the socket was given: frames and their heads, without what a body is made of. */
  controlBytes = 0;
  #gatheredControl = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The client does not take what was written. */
  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  frame(text: string): void {
    this.#gatheredControl += text.length;
    this.#text += text;
    if (this.#text.length >= GATHER_BYTES) this.flush();
    else this.#schedule();
  }

  /** A DATA frame of `chunk` from `start` to `end`, copied. */
  body(stream: number, chunk: Buffer, start: number, end: number): void {
    const length = end - start;
    const head = frameHead(length, FRAME.data, 0, stream);
    if (length <= ONE_PIECE_BYTES) {
      this.#gatheredControl += HEAD_BYTES;
      this.#text += head;
      this.#text += chunk.toString("latin1", start, end);
      if (this.#text.length >= GATHER_BYTES) this.flush();
      else this.#schedule();
      return;
    }
    this.flush();
    const piece = Buffer.allocUnsafe(HEAD_BYTES + length);
    piece.write(head, 0, HEAD_BYTES, "latin1");
    chunk.copy(piece, HEAD_BYTES, start, end);
    this.controlBytes += HEAD_BYTES;
    this.#socket.write(piece);
  }

  flush(): void {
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.controlBytes += this.#gatheredControl;
    this.#gatheredControl = 0;
    this.#socket.write(text, "latin1");
  }

  readonly #turnEnds = (): void => {
    this.#scheduled = false;
    this.flush();
  };

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turnEnds);
  }
}

import type { Socket } from "node:net";
import { answerLines } from "./answer-head.ts";
import { trailerText } from "./trailer-text.ts";

/** Up to here copying bytes beside others costs less than handing the kernel another piece (writev, measured). */
const ONE_PIECE_BYTES = 8_192;
/** What is gathered goes out at this size even before `flush`. */
const GATHER_BYTES = 65_536;

export interface AnswerFraming {
  method: string;
  isHttp10: boolean;
  keepsAlive: boolean;
}

/**
 * Writes one answer: its head, its body in the framing that the fields or the version ask for, its end. What is written in
 * one turn is gathered as Latin-1 text, which is bytes as they are, and leaves in one piece.
 */
export class AnswerWriter {
  readonly #socket: Socket;
  #text = "";
  #framing: "none" | "length" | "chunked" | "close" = "none";
  #left = 0;
  headSent = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Whether the connection can serve another request after this answer. */
  head(status: number, fields: readonly string[], bodiless: boolean, request: AnswerFraming): boolean {
    const { text, length } = answerLines(status, fields);
    this.headSent = true;
    const isEmpty = bodiless || request.method === "HEAD" || status === 204 || status === 304;
    let keepsAlive = request.keepsAlive;
    let line = "";
    if (isEmpty) {
      this.#framing = "none";
      // Over HTTP/2 a head alone says that nothing follows; here it takes a length.
      if (length === undefined && request.method !== "HEAD" && status !== 204 && status !== 304)
        line = "Content-Length: 0\r\n";
    } else if (length !== undefined) {
      this.#framing = "length";
      this.#left = length;
    } else if (request.isHttp10) {
      this.#framing = "close";
      keepsAlive = false;
    } else {
      this.#framing = "chunked";
      line = "Transfer-Encoding: chunked\r\n";
    }
    if (!keepsAlive) line += "Connection: close\r\n";
    else if (request.isHttp10) line += "Connection: keep-alive\r\n";
    this.#text += `${text}${line}\r\n`;
    return keepsAlive;
  }

  /** After this text, bytes as they are until the connection ends. */
  passThrough(text: string): void {
    this.headSent = true;
    this.#framing = "close";
    this.#text += text;
    this.flush();
  }

  /** Text that precedes the answer: an interim one. */
  interim(text: string): void {
    this.#socket.write(text, "latin1");
  }

  /** False: the socket is full. More than Content-Length promised is an error of the caller's, thrown. */
  write(chunk: Buffer): boolean {
    if (chunk.length === 0 || this.#framing === "none") return !this.#socket.writableNeedDrain;
    if (this.#framing === "length" && (this.#left -= chunk.length) < 0)
      throw new RangeError("body longer than its length");
    const chunked = this.#framing === "chunked";
    if (chunked) this.#text += `${chunk.length.toString(16)}\r\n`;
    if (chunk.length <= ONE_PIECE_BYTES) {
      this.#text += chunk.toString("latin1");
      if (chunked) this.#text += "\r\n";
      if (this.#text.length >= GATHER_BYTES) this.flush();
      return !this.#socket.writableNeedDrain;
    }
    this.#socket.cork();
    this.flush();
    // The chunk is the reader's memory, which the next read overwrites.
    const passed = this.#socket.write(Buffer.from(chunk));
    if (chunked) this.#text = "\r\n";
    this.#socket.uncork();
    return passed;
  }

  flush(): void {
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#socket.write(text, "latin1");
  }

  /** False: less came than Content-Length promised, so the connection must be cut. */
  end(trailers: readonly string[] | undefined): boolean {
    if (this.#framing === "chunked") {
      this.#text += "0\r\n";
      this.#text += `${trailerText(trailers)}\r\n`;
    }
    this.flush();
    return this.#framing !== "length" || this.#left === 0;
  }
}

import type { BodyParts } from "./body-parts.ts";
import { allowedTrailers } from "../trailers.ts";
import { readFields } from "./field-block.ts";
import { controlOf } from "./framing.ts";
import { Malformed } from "./malformed.ts";

const CR = 0x0d;
const LF = 0x0a;
/** Thirteen hex digits are 4 PiB and still an exact number. */
const MAX_SIZE_DIGITS = 13;
const MAX_LINE_BYTES = 256;
/** Over all the chunks of one body: extensions carry nothing that a gateway reads, so many of them are an attack. */
const MAX_EXTENSION_BYTES = 16_384;
const MAX_TRAILER_BYTES = 8_192;
const MAX_TRAILERS = 50;
/** Chunks up to here are put together where one read brings several: each piece that is passed on costs more than its copy. */
const CRUMB_BYTES = 2_048;

/**
 * A size, and extensions that are well-formed (RFC 9112, 7.1.1). They are read and dropped. The spaces that the grammar
 * forgives around them are refused, as by most readers: a space after a size is where readers have differed.
 */
const SIZE_LINE =
  /^([0-9A-Fa-f]+)((?:;[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:=(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|"[\t !#-[\]-~\x80-\xff]*"))?)*)$/;

/** Reads the chunked coding (RFC 9112, 7.1), strictly: every line end is CRLF, every size is hex digits. */
export class ChunkReader {
  readonly #parts: BodyParts;
  #state: "size" | "data" | "data-end" | "trailers" = "size";
  #left = 0;
  /** Of a line or of the trailers, from the read before. */
  #pending = "";
  #extensionBytes = 0;
  /** Small pieces of the read under way that were not passed on yet, moved together in its own memory. */
  #crumbsFrom = 0;
  #crumbsTo = 0;
  /** Chunks that the last read began: a few bytes each are much work for little. */
  chunks = 0;
  done = false;

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  read(data: Buffer, from: number): number {
    let at = from;
    this.chunks = 0;
    try {
      while (at < data.length && !this.done) {
        if (this.#state === "data") at = this.#readData(data, at);
        else if (this.#state === "data-end") at = this.#readDataEnd(data, at);
        else if (this.#state === "size") at = this.#readSize(data, at);
        else at = this.#readTrailers(data, at);
      }
    } finally {
      // What came before a mistake, too.
      this.#giveCrumbs(data);
    }
    return at - from;
  }

  #readSize(data: Buffer, from: number): number {
    const end = data.indexOf(LF, from);
    const stop = end === -1 ? data.length : end + 1;
    this.#pending += data.toString("latin1", from, stop);
    if (this.#pending.length > MAX_LINE_BYTES) throw new Malformed("bad_request", "A chunk's first line is too long.");
    if (end === -1) return stop;
    const line = this.#pending;
    this.#pending = "";
    const [, size, extension] = (line.endsWith("\r\n") && SIZE_LINE.exec(line.slice(0, -2))) || [];
    if (size === undefined || size.length > MAX_SIZE_DIGITS)
      throw new Malformed("bad_request", "A chunk does not begin with its size.");
    this.#extensionBytes += extension!.length;
    if (this.#extensionBytes > MAX_EXTENSION_BYTES)
      throw new Malformed("bad_request", "The chunks' extensions are too long.");
    this.chunks += 1;
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? "trailers" : "data";
    return stop;
  }

  #readData(data: Buffer, from: number): number {
    const stop = Math.min(data.length, from + this.#left);
    this.#left -= stop - from;
    if (this.#left === 0) this.#state = "data-end";
    if (stop - from > CRUMB_BYTES) {
      this.#giveCrumbs(data);
      this.#parts.onBodyData(data.subarray(from, stop));
    } else this.#gather(data, from, stop);
    return stop;
  }

  /** Over the sizes between them, which have been read. */
  #gather(data: Buffer, from: number, stop: number): void {
    if (this.#crumbsTo === this.#crumbsFrom) {
      this.#crumbsFrom = from;
      this.#crumbsTo = stop;
      return;
    }
    data.copyWithin(this.#crumbsTo, from, stop);
    this.#crumbsTo += stop - from;
  }

  #giveCrumbs(data: Buffer): void {
    const [from, to] = [this.#crumbsFrom, this.#crumbsTo];
    this.#crumbsFrom = this.#crumbsTo = 0;
    if (from < to) this.#parts.onBodyData(data.subarray(from, to));
  }

  #readDataEnd(data: Buffer, from: number): number {
    const wanted = this.#left === 0 ? CR : LF;
    if (data[from] !== wanted) throw new Malformed("bad_request", "A chunk is not as long as its size says.");
    if (wanted === CR) this.#left = -1;
    else {
      this.#left = 0;
      this.#state = "size";
    }
    return from + 1;
  }

  #readTrailers(data: Buffer, from: number): number {
    const before = this.#pending.length;
    this.#pending += data.toString("latin1", from, Math.min(data.length, from + MAX_TRAILER_BYTES));
    const empty = this.#pending.startsWith("\r\n");
    const end = empty ? 0 : this.#pending.indexOf("\r\n\r\n", Math.max(0, before - 3));
    if (end === -1) {
      if (this.#pending.length >= MAX_TRAILER_BYTES) throw new Malformed("bad_request", "The trailers are too large.");
      return data.length;
    }
    const block = this.#pending.slice(0, empty ? 0 : end + 2);
    const used = block.length + 2 - before;
    this.#pending = "";
    const trailers = empty ? undefined : readTrailers(block);
    this.#giveCrumbs(data);
    this.done = true;
    this.#parts.onBodyEnd(trailers);
    return from + used;
  }
}

function readTrailers(block: string): string[] {
  const fields = readFields(block, 0, MAX_TRAILERS);
  const { lengths, codings } = controlOf(fields);
  // Left out, they would harm nobody behind; but whoever sends them wants them to be read somewhere.
  if (lengths + codings > 0) throw new Malformed("bad_request", "The trailers state a framing.");
  return allowedTrailers(fields);
}

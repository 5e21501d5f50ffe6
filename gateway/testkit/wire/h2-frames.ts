import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Frames of HTTP/2 by hand (RFC 9113, 4.1), for clients that a library would not let be. */
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4 } as const;

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A field that is not indexed, its texts without Huffman's code (RFC 7541, 6.2.2); each shorter than 127 bytes. */
export function literal(name: string, value: string): Buffer {
  const text = (one: string) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one, "latin1")]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** The pseudo fields of a request. */
export function requestBlock(method: string, path: string): Buffer {
  return Buffer.concat([
    literal(":method", method),
    literal(":path", path),
    literal(":scheme", "http"),
    literal(":authority", "a"),
  ]);
}

export function settings(...pairs: [id: number, value: number][]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [index, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return frame(FRAME.settings, 0, 0, payload);
}

export interface RawSession {
  socket: Socket;
  /** Types of the frames that came, and the error codes of GOAWAY and RST_STREAM among them. */
  seen: { type: number; stream: number; code: number | undefined }[];
  /** Resolves when the other side has closed. */
  closed: Promise<unknown>;
}

/** A connection whose preface and settings are sent; it answers nothing by itself. */
export async function openRawSession(port: number, ...pairs: [id: number, value: number][]): Promise<RawSession> {
  const socket = connect(port, "127.0.0.1");
  const seen: RawSession["seen"] = [];
  let pending = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (data: Buffer) => {
    pending = Buffer.concat([pending, data]);
    while (pending.length >= 9 && pending.length >= 9 + pending.readUIntBE(0, 3)) {
      const length = pending.readUIntBE(0, 3);
      const type = pending.readUInt8(3);
      const code =
        type === FRAME.reset ? pending.readUInt32BE(9) : type === FRAME.goaway ? pending.readUInt32BE(13) : undefined;
      seen.push({ type, stream: pending.readUInt32BE(5), code });
      pending = pending.subarray(9 + length);
    }
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, "connect");
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(settings(...pairs));
  return { socket, seen, closed };
}

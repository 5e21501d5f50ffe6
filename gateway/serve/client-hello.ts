/** The name that a TLS client asks for (SNI), read off its first record without ending the handshake. */
export type HelloName = { at: "incomplete" } | { at: "none" } | { at: "name"; host: string };

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const MAX_RECORD_BYTES = 16_384 + 5;

/** RFC 8446, 4.1.2 and RFC 6066, 3. A hello that is cut into several records counts as one without a name. */
export function readClientHello(data: Buffer): HelloName {
  if (data.length < 5) return { at: "incomplete" };
  const end = 5 + data.readUInt16BE(3);
  if (data[0] !== HANDSHAKE || end > MAX_RECORD_BYTES) return { at: "none" };
  if (data.length < end) return { at: "incomplete" };
  try {
    const host = serverNameIn(data.subarray(5, end));
    return host === undefined ? { at: "none" } : { at: "name", host };
  } catch {
    // A length that points past the record: no hello at all.
    return { at: "none" };
  }
}

function serverNameIn(hello: Buffer): string | undefined {
  if (hello[0] !== CLIENT_HELLO) return undefined;
  // Type, length, version, random.
  let at = 1 + 3 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  const end = at + 2 + hello.readUInt16BE(at);
  at += 2;
  while (at < end) {
    const [type, length] = [hello.readUInt16BE(at), hello.readUInt16BE(at + 2)];
    if (type === SERVER_NAME) {
      const nameLength = hello.readUInt16BE(at + 4 + 3);
      return hello.toString("latin1", at + 9, at + 9 + nameLength).toLowerCase();
    }
    at += 4 + length;
  }
  return undefined;
}

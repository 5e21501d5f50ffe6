import { randomBytes } from "node:crypto";

/** Crockford's base32 in lower case: no i, l, o, u, so that an id read aloud is typed back right. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

export type RandomBytes = (size: number) => Uint8Array;

/**
 * A prefixed, time-ordered id: `org_` + UUIDv7 (RFC 9562, 5.7) as 26 base32 characters.
 * `nowMs` and `random` are arguments so that tests are deterministic.
 */
export function newId<Prefix extends string>(
  prefix: Prefix,
  nowMs: number = Date.now(),
  random: RandomBytes = randomBytes,
): `${Prefix}_${string}` {
  return `${prefix}_${base32(uuidV7(nowMs, random))}`;
}

/** 16 bytes: 48 bits of time, version 7, variant 10, 74 random bits. */
export function uuidV7(nowMs: number, random: RandomBytes = randomBytes): Uint8Array {
  const bytes = Uint8Array.from(random(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(nowMs / 2 ** 32));
  view.setUint32(2, nowMs >>> 0);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes;
}

/** Lower-case base32, most significant bit first, no padding: 16 bytes give 26 characters, 20 give 32. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(buffer << (5 - bits)) & 31] : text;
}

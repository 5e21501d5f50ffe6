import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { base32, type RandomBytes } from "./id.ts";

/** What a token opens; the kind is visible so that a leaked one is recognised by scanners and by people. */
export type TokenKind = "key" | "enrol" | "pat" | "reset" | "verify" | "ses";

const SHAPE = /^cwy_([a-z]+)_([0-9a-z]{32})_([0-9a-f]{8})$/;

/** `cwy_<kind>_<160 random bits in base32>_<crc32>`. Shown once; store only `hashToken`. */
export function newToken(kind: TokenKind, random: RandomBytes = randomBytes): string {
  return tokenFrom(kind, random(20));
}

/** The token over given bytes (20): for tokens that are derived from a stored secret and not drawn. */
export function tokenFrom(kind: TokenKind, bytes: Uint8Array): string {
  const body = `cwy_${kind}_${base32(bytes)}`;
  return `${body}_${checksum(body)}`;
}

/** Tells a mistyped or cut token from an unknown one, before any look-up. */
export function parseToken(text: string): { kind: string } | { problem: "shape" | "checksum" } {
  const match = SHAPE.exec(text);
  if (!match) return { problem: "shape" };
  const body = text.slice(0, text.lastIndexOf("_"));
  return checksum(body) === match[3] ? { kind: match[1]! } : { problem: "checksum" };
}

/** SHA-256 as 64 hex characters. 160 random bits need no salt and no slow hash. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, "0");
}

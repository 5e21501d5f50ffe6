import { randomBytes } from "node:crypto";

/** Name, HMAC key and AES key of tickets, 16 bytes each, as Node wants them. */
const BYTES = 48;
/**
 * Who gets hold of the key can read what was said in TLS 1.2 under its tickets, so it does not last. Node takes one key and
 * not the one before beside it: clients make a whole handshake once.
 */
const RENEWED_EVERY_MS = 12 * 3_600_000;

/** What a node's workers seal tickets of TLS sessions with. It is kept in memory alone, never on disk or in a log. */
export class TicketKeys {
  current = randomBytes(BYTES);
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** Whether the key is another now. */
  renew(nowMs: number): boolean {
    if (nowMs - this.#sinceMs < RENEWED_EVERY_MS) return false;
    this.current = randomBytes(BYTES);
    this.#sinceMs = nowMs;
    return true;
  }
}

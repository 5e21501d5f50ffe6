import { CHARACTERS, FIELD_VALUE } from "./characters.ts";
import { readFields } from "./field-block.ts";
import {
  CHUNKED,
  controlOf,
  listHas,
  NO_BODY,
  refuseTabs,
  statedFraming,
  UNTIL_CLOSE,
  type Framing,
} from "./framing.ts";
import { Malformed } from "./malformed.ts";
import { MAX_FIELDS } from "./request-head.ts";

export interface ResponseHead {
  status: number;
  fields: string[];
  framing: Framing;
  keepsAlive: boolean;
  /** Of the `Connection` field, in lower case: names that go no further. */
  connection: string | undefined;
}

/** Parses an answer's head without its empty last line. `method` decides whether a body may follow. Throws `Malformed`. */
export function parseResponseHead(text: string, method: string): ResponseHead {
  const lineEnd = text.indexOf("\r\n");
  const lineStop = lineEnd === -1 ? text.length : lineEnd;
  const minor = text.charCodeAt(7) - 0x30;
  if (!text.startsWith("HTTP/1.") || (minor !== 0 && minor !== 1) || text.charCodeAt(8) !== 0x20)
    throw new Malformed("bad_request", "The answer does not begin with HTTP/1.0 or HTTP/1.1.");
  const digits = text.slice(9, 12);
  const after = lineStop > 12 ? text.charCodeAt(12) : 0x20;
  if (!/^[1-5]\d\d$/.test(digits) || after !== 0x20 || !isReason(text, 13, lineStop))
    throw new Malformed("bad_request", "The answer's status line is not one.");
  const status = Number(digits);
  const fields = lineEnd === -1 ? [] : readFields(text, lineEnd + 2, MAX_FIELDS);
  const control = controlOf(fields);
  refuseTabs(text);
  const stated = statedFraming(control);
  const { connection } = control;
  // HTTP/1.0 knows no coding: what comes after such an answer is not trusted (RFC 9112, 6.1).
  const isFaulty = minor === 0 && stated === CHUNKED;
  return {
    status,
    fields,
    framing: mayHaveBody(status, method) ? (stated ?? UNTIL_CLOSE) : NO_BODY,
    keepsAlive: minor === 0 ? listHas(connection, "keep-alive") && !isFaulty : !listHas(connection, "close"),
    connection,
  };
}

function mayHaveBody(status: number, method: string): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304 && status >= 200;
}

function isReason(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if ((CHARACTERS[text.charCodeAt(at)]! & FIELD_VALUE) === 0) return false;
  return true;
}

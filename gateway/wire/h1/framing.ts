import { Malformed } from "./malformed.ts";

/** Where a message's body ends: after so many bytes, with the last chunk, or with the connection. */
export type Framing = { at: "none" } | { at: "length"; bytes: number } | { at: "chunked" } | { at: "close" };

export const NO_BODY: Framing = Object.freeze({ at: "none" });
export const CHUNKED: Framing = Object.freeze({ at: "chunked" });
export const UNTIL_CLOSE: Framing = Object.freeze({ at: "close" });

/** The fields that decide framing and persistence, gathered in one pass over the raw ones. */
export interface Control {
  host: string | undefined;
  hosts: number;
  length: string | undefined;
  lengths: number;
  coding: string | undefined;
  codings: number;
  connection: string | undefined;
  upgrade: string | undefined;
  expect: string | undefined;
}

/** Most names are told apart by their length alone. */
export function controlOf(fields: readonly string[]): Control {
  const control: Control = {
    host: undefined,
    hosts: 0,
    length: undefined,
    lengths: 0,
    coding: undefined,
    codings: 0,
    connection: undefined,
    upgrade: undefined,
    expect: undefined,
  };
  for (let index = 0; index < fields.length; index += 2) note(control, fields[index]!, fields[index + 1]!);
  return control;
}

function note(control: Control, name: string, value: string): void {
  switch (name.length) {
    case 4:
      if (name !== "Host" && name.toLowerCase() !== "host") return;
      control.host = value;
      control.hosts += 1;
      return;
    case 6:
      if (name.toLowerCase() === "expect") control.expect = value.toLowerCase();
      return;
    case 7:
      if (name.toLowerCase() === "upgrade") control.upgrade = value;
      return;
    case 10:
      if (name.toLowerCase() === "connection") control.connection = joined(control.connection, value.toLowerCase());
      return;
    case 14:
      if (name.toLowerCase() !== "content-length") return;
      control.length = value;
      control.lengths += 1;
      return;
    case 17:
      if (name.toLowerCase() !== "transfer-encoding") return;
      control.coding = value.toLowerCase();
      control.codings += 1;
  }
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}

/**
 * The framing that the fields state, or undefined where they state none (RFC 9112, 6.3). Refused: both a length and a
 * coding, more than one of either, a length that is not digits alone, a coding other than `chunked`.
 */
export function statedFraming(control: Control): Framing | undefined {
  const { length, lengths, coding, codings } = control;
  if (lengths + codings > 1)
    throw new Malformed("bad_request", "A message has one Content-Length or one Transfer-Encoding, never two or both.");
  if (coding !== undefined) {
    if (coding !== "chunked") throw new Malformed("bad_request", "The only transfer coding served is chunked.");
    return CHUNKED;
  }
  if (length === undefined) return undefined;
  // Fifteen digits stay an exact number.
  if (!/^\d{1,15}$/.test(length)) throw new Malformed("bad_request", "Content-Length is not a number of bytes.");
  const bytes = Number(length);
  return bytes === 0 ? NO_BODY : { at: "length", bytes };
}

/**
 * A tab around a length or a coding is allowed (RFC 9110, 5.6.3), and is not taken for a blank by all: a reader in front
 * that did not see the coding has passed on what it took for another request.
 */
export function refuseTabs(text: string): void {
  if (text.includes("\t") && TABBED_FRAMING.test(text))
    throw new Malformed("bad_request", "A field that states the body's framing holds a tab.");
}

const TABBED_FRAMING = /^(?:content-length|transfer-encoding):[^\r\n]*\t/im;

/** Whether a comma-separated list in lower case holds the token. */
export function listHas(list: string | undefined, token: string): boolean {
  if (list === undefined) return false;
  if (list === token) return true;
  return list.includes(token) && list.split(",").some((part) => part.trim() === token);
}

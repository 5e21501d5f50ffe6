import { CHARACTERS, TARGET, isToken } from "./characters.ts";
import { readFields } from "./field-block.ts";
import { CHUNKED, controlOf, listHas, NO_BODY, statedFraming, type Framing } from "./framing.ts";
import { Malformed } from "./malformed.ts";

export const MAX_FIELDS = 200;
const MAX_METHOD_CHARACTERS = 32;
const MAX_TARGET_CHARACTERS = 16_384;

export interface RequestHead {
  method: string;
  /** As it came: origin form, absolute form, or `*`. */
  target: string;
  isHttp10: boolean;
  fields: string[];
  host: string | undefined;
  framing: Framing;
  keepsAlive: boolean;
  expectsContinue: boolean;
  /** The protocol asked for, in lower case, where `Connection` names the upgrade. */
  upgrade: string | undefined;
}

/** Parses a request's head without its empty last line. Throws `Malformed`. */
export function parseRequestHead(text: string): RequestHead {
  const lineEnd = text.indexOf("\r\n");
  const { method, target, isHttp10 } = parseRequestLine(text, lineEnd === -1 ? text.length : lineEnd);
  const fields = lineEnd === -1 ? [] : readFields(text, lineEnd + 2, MAX_FIELDS);
  const control = controlOf(fields);
  // RFC 9112, 3.2: a request without exactly one Host is refused, whatever its target says.
  if (control.hosts > 1 || (control.hosts === 0 && !isHttp10))
    throw new Malformed("bad_request", "A request has exactly one Host.");
  if (control.host !== undefined && !HOST.test(control.host))
    throw new Malformed("bad_request", "Host is not a name or an address with an optional port.");
  const framing = statedFraming(control) ?? NO_BODY;
  // A 1.0 proxy on the way would not know the coding and read the chunks as the next request.
  if (isHttp10 && framing === CHUNKED) throw new Malformed("bad_request", "HTTP/1.0 has no transfer coding.");
  const { connection, expect } = control;
  if (expect !== undefined && expect !== "100-continue")
    throw new Malformed("bad_request", "The only expectation served is 100-continue.");
  return {
    method,
    target,
    isHttp10,
    fields,
    host: control.host,
    framing,
    keepsAlive: isHttp10 ? listHas(connection, "keep-alive") : !listHas(connection, "close"),
    expectsContinue: expect !== undefined && !isHttp10,
    upgrade:
      control.upgrade !== undefined && !isHttp10 && listHas(connection, "upgrade")
        ? control.upgrade.toLowerCase()
        : undefined,
  };
}

/** RFC 3986 reg-name or IP literal, and a port. User information has no place there. */
const HOST = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?$/;

function parseRequestLine(text: string, end: number): Pick<RequestHead, "method" | "target" | "isHttp10"> {
  const methodEnd = text.indexOf(" ");
  const method = text.slice(0, Math.max(0, methodEnd));
  if (methodEnd > MAX_METHOD_CHARACTERS || !isToken(method))
    throw new Malformed("bad_request", "The request does not begin with a method.");
  let at = methodEnd + 1;
  while (at < end && (CHARACTERS[text.charCodeAt(at)]! & TARGET) !== 0) at += 1;
  const target = text.slice(methodEnd + 1, at);
  if (target.length > MAX_TARGET_CHARACTERS)
    throw new Malformed("target_too_long", `A target may have ${MAX_TARGET_CHARACTERS} characters.`);
  if (target === "" || text.charCodeAt(at) !== 0x20)
    throw new Malformed("bad_request_target", "The target holds a character that has to be percent-encoded.");
  const version = text.slice(at + 1, end);
  if (version === "HTTP/1.1") return { method, target, isHttp10: false };
  if (version === "HTTP/1.0") return { method, target, isHttp10: true };
  if (/^HTTP\/\d\.\d$/.test(version)) throw new Malformed("http_version_unsupported", "HTTP/1.0 and 1.1 are served.");
  throw new Malformed("bad_request", "The request line does not end with an HTTP version.");
}

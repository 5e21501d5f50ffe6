import { CHARACTERS, TARGET, isToken } from "./characters.ts";
import { isAuthority } from "../authority.ts";
import { readFields } from "./field-block.ts";
import { CHUNKED, controlOf, listHas, NO_BODY, refuseTabs, statedFraming, type Framing } from "./framing.ts";
import { Malformed } from "./malformed.ts";

export const MAX_FIELDS = 200;
export const MAX_METHOD_CHARACTERS = 32;
const MAX_TARGET_CHARACTERS = 16_384;

export interface RequestHead {
  method: string;
  /** As it came: origin form, absolute form with the authority that Host names, or `*`. */
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
  if (control.host !== undefined && !isAuthority(control.host))
    throw new Malformed("bad_request", "Host is not a name or an address with an optional port.");
  const host = target.charCodeAt(0) === SLASH ? control.host : authorityOf(target, control.host);
  refuseTabs(text);
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
    host,
    framing,
    keepsAlive: isHttp10 ? listHas(connection, "keep-alive") : !listHas(connection, "close"),
    expectsContinue: expect !== undefined && !isHttp10,
    upgrade:
      control.upgrade !== undefined && !isHttp10 && listHas(connection, "upgrade")
        ? control.upgrade.toLowerCase()
        : undefined,
  };
}

const SLASH = 0x2f;
const ABSOLUTE = /^http(s?):\/\/([^/?#]+)/i;

/** RFC 9112, 3.2.2 lets the absolute form outrank Host; where the two differ, somebody on the way has routed by the other. */
function authorityOf(target: string, host: string | undefined): string | undefined {
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) {
    if (target === "*") return host;
    throw new Malformed("bad_request_target", "The target is no path and no http URL.");
  }
  const [, secure, authority] = absolute;
  const named = (text: string) => text.toLowerCase().replace(secure === "" ? /:80$/ : /:443$/, "");
  if (!isAuthority(authority!) || (host !== undefined && named(authority!) !== named(host)))
    throw new Malformed("bad_request_target", "The target's authority and Host differ.");
  return authority;
}

/** A tunnel to anywhere, and an echo of what the gateway adds for the upstream's eyes. */
const NOT_SERVED: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

function parseRequestLine(text: string, end: number): Pick<RequestHead, "method" | "target" | "isHttp10"> {
  const methodEnd = text.indexOf(" ");
  const method = text.slice(0, Math.max(0, methodEnd));
  if (methodEnd > MAX_METHOD_CHARACTERS || !isToken(method))
    throw new Malformed("bad_request", "The request does not begin with a method.");
  if (NOT_SERVED.has(method)) throw new Malformed("method_not_served", `${method} is not served.`);
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

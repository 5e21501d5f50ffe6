import { isAuthority } from "../authority.ts";
import { isToken } from "../h1/characters.ts";
import { MAX_METHOD_CHARACTERS } from "../h1/request-head.ts";

export interface Asked {
  method: string;
  target: string;
  upgrade: string | undefined;
  authority: string | undefined;
}

/** Why a request that HTTP/2 can carry is not served. `named`: by `:authority`; `length`: what Content-Length says. */
export function problemOf(
  { method, target, upgrade, authority }: Asked,
  named: string | undefined,
  host: string | undefined,
  length: string | undefined,
): string | undefined {
  if ((method === "CONNECT" && upgrade === undefined) || method === "TRACE") return `${method} is not served.`;
  if (upgrade !== undefined && upgrade !== "websocket") return "The only protocol to change to is websocket.";
  // RFC 9113, 8.3.1: two authorities are two routes.
  if (host !== undefined && named !== undefined && host !== named) return "Host and :authority differ.";
  if (authority === undefined || !isAuthority(authority)) return "The authority is not a name or an address.";
  if (method.length > MAX_METHOD_CHARACTERS || !isToken(method)) return "The method is no token.";
  // RFC 9113, 8.3.1. A URL there would name another host than the one that :authority names.
  if (!target.startsWith("/")) return "The path does not begin with a slash.";
  if (/[^\x21-\x7e]|[#\\]/.test(target)) return "The path holds a character that has to be percent-encoded.";
  return length !== undefined && !/^\d{1,15}$/.test(length) ? "Content-Length is not a number of bytes." : undefined;
}

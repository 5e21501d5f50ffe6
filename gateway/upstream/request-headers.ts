import type { Exchange } from "#gateway/pipeline/exchange.ts";
import { namesOfConnection } from "./connection-names.ts";

/** What becomes of a header on its way upstream. */
const PASS = 0;
const DROP = 1;
const FORWARDED = 2;
const VIA = 3;

/**
 * Hop-by-hop fields (RFC 9110, 7.6.1), and those that are made anew: host is the target's, expect was answered here,
 * content-length is the framing that was read. In lower case and as clients commonly write them, so that
 * most names need no change of case.
 */
const kindOf = new Map<string, number>();
for (const [kind, names] of [
  [DROP, ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding"]],
  [DROP, ["Upgrade", "Expect", "Host", "HTTP2-Settings", "Content-Length"]],
  [
    FORWARDED,
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-IP", "Forwarded"],
  ],
  [VIA, ["Via"]],
  [PASS, ["Accept", "Accept-Encoding", "Accept-Language", "User-Agent", "Content-Type", "Cookie"]],
  [
    PASS,
    ["Authorization", "X-API-Key", "Referer", "Origin", "Cache-Control", "Range", "If-None-Match", "X-Request-Id"],
  ],
] as const)
  for (const name of names) {
    kindOf.set(name, kind);
    kindOf.set(name.toLowerCase(), kind);
  }

/** The headers that go upstream, `[name, value, …]`, from the client's raw ones in one pass. */
export function upstreamHeaders(exchange: Exchange): string[] {
  const { fields } = exchange;
  const { raw } = fields;
  const { address: clientAddress, trusted, tls } = exchange.connection;
  const named = namesOfConnection(fields.get("connection"));
  const { credentialHeader, requestEdit } = exchange;
  const headers: string[] = [];
  let via = "1.1 causeway";
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const kind = kindOf.get(name) ?? kindOf.get(name.toLowerCase()) ?? PASS;
    if (kind === DROP || kind === FORWARDED) continue;
    if (kind === VIA) {
      via = `${raw[index + 1]!}, ${via}`;
      continue;
    }
    if (
      credentialHeader !== undefined &&
      name.length === credentialHeader.length &&
      name.toLowerCase() === credentialHeader
    )
      continue;
    if (named !== undefined && named.includes(name.toLowerCase())) continue;
    if (requestEdit !== undefined && requestEdit.drop.has(name.toLowerCase())) continue;
    headers.push(name, raw[index + 1]!);
  }
  // What came from a peer that is no trusted proxy is its own claim: it is replaced, not extended.
  const claimed = (name: string) => (trusted ? fields.get(name) : undefined);
  const before = claimed("x-forwarded-for");
  headers.push("X-Forwarded-For", before ? `${before}, ${clientAddress}` : clientAddress);
  headers.push("X-Forwarded-Host", claimed("x-forwarded-host") ?? exchange.inbound.authority ?? "");
  headers.push("X-Forwarded-Proto", claimed("x-forwarded-proto") ?? (tls === null ? "http" : "https"), "Via", via);
  const forwarded = claimed("forwarded");
  // Written on only where it is in use already: two ways to say the same are two that may differ.
  if (forwarded !== undefined) headers.push("Forwarded", `${forwarded}, ${forwardedElement(exchange)}`);
  if (requestEdit !== undefined) for (const part of requestEdit.add) headers.push(part);
  return headers;
}

/** RFC 7239, 4: an IPv6 address is quoted and in brackets. */
function forwardedElement({ connection, inbound }: Exchange): string {
  const { address, tls } = connection;
  const node = address.includes(":") ? `"[${address}]"` : address;
  return `for=${node};host="${inbound.authority ?? ""}";proto=${tls === null ? "http" : "https"}`;
}

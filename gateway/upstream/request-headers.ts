import type { Exchange } from "#gateway/pipeline/exchange.ts";
import { namesOfConnection } from "./connection-names.ts";

/** What becomes of a header on its way upstream. */
const PASS = 0;
const DROP = 1;
const FORWARDED = 2;
const VIA = 3;
/** What a proxy says of its own client, which passes from one that is trusted. */
const CLAIM = 4;
/** Holds an underscore: servers that hand fields on as variables (CGI, WSGI, PHP) take it for the name with dashes. */
const ALIAS = 5;

/**
 * Hop-by-hop fields (RFC 9110, 7.6.1), and those that are made anew: host is the target's, expect was answered here,
 * content-length is the framing that was read. In lower case and as clients commonly write them, so that
 * most names need no change of case.
 */
const kindOf = new Map<string, number>();
for (const [kind, names] of [
  [DROP, ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding"]],
  [DROP, ["Upgrade", "Expect", "Host", "HTTP2-Settings", "Content-Length"]],
  [FORWARDED, ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"]],
  [CLAIM, ["X-Forwarded-Port", "X-Real-IP"]],
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

/** The version by which a request came (RFC 9110, 7.6.3). */
const viaOf = { "1.0": "1.0 causeway", "1.1": "1.1 causeway", "2.0": "2.0 causeway" } as const;

function kindOfOther(name: string): number {
  const lowerName = name.toLowerCase();
  const kind = kindOf.get(lowerName);
  if (kind !== undefined) return kind;
  if (lowerName.startsWith("x-forwarded-")) return CLAIM;
  return name.includes("_") ? ALIAS : PASS;
}

/** Whether the name, read with dashes, is one that this gateway decides about. */
function isOurs(name: string, { credentialHeader, requestEdit }: Exchange): boolean {
  const meant = name.toLowerCase().replaceAll("_", "-");
  const kind = kindOfOther(meant);
  return kind !== PASS || meant === credentialHeader || requestEdit?.drop.has(meant) === true;
}

/** The headers that go upstream, `[name, value, …]`, from the client's raw ones in one pass. */
export function upstreamHeaders(exchange: Exchange): string[] {
  const { fields } = exchange;
  const { raw } = fields;
  const { address: clientAddress, trusted, tls } = exchange.connection;
  const named = namesOfConnection(fields.get("connection"));
  const { credentialHeader, requestEdit } = exchange;
  const headers: string[] = [];
  let via: string = viaOf[exchange.inbound.version];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const kind = kindOf.get(name) ?? kindOfOther(name);
    if (kind === DROP || kind === FORWARDED || (kind === CLAIM && !trusted && exchange.depth === 0)) continue;
    if (kind === ALIAS && isOurs(name, exchange)) continue;
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

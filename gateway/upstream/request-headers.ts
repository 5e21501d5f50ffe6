import type { IncomingHttpHeaders } from "node:http";
import type { Exchange } from "#gateway/pipeline/exchange.ts";

/** What becomes of a header on its way upstream. */
const PASS = 0;
const DROP = 1;
const FORWARDED = 2;
const VIA = 3;

/**
 * Hop-by-hop fields (RFC 9110, 7.6.1), and those that are made anew: host is the target's, expect was answered here,
 * content-length is the client library's from the same number. In lower case and as clients commonly write them, so that
 * most names need no change of case.
 */
const kindOf = new Map<string, number>();
for (const [kind, names] of [
  [DROP, ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding"]],
  [DROP, ["Upgrade", "Expect", "Host", "HTTP2-Settings"]],
  [
    FORWARDED,
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Real-IP", "Forwarded"],
  ],
  [VIA, ["Via"]],
  [PASS, ["Accept", "Accept-Encoding", "Accept-Language", "User-Agent", "Content-Type", "Content-Length", "Cookie"]],
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
export function upstreamHeaders(exchange: Exchange, scheme: string): string[] {
  const { rawHeaders, headers: parsed } = exchange.req;
  const { address: clientAddress, trusted } = exchange.connection!;
  const named = namedByConnection(parsed.connection);
  const { credentialHeader, requestEdit } = exchange;
  const headers: string[] = [];
  let via = "1.1 causeway";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    const kind = kindOf.get(name) ?? kindOf.get(name.toLowerCase()) ?? PASS;
    if (kind === DROP || kind === FORWARDED) continue;
    if (kind === VIA) {
      via = `${rawHeaders[index + 1]!}, ${via}`;
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
    headers.push(name, rawHeaders[index + 1]!);
  }
  // What came from a peer that is no trusted proxy is its own claim: it is replaced, not extended.
  const before = trusted ? parsed["x-forwarded-for"] : undefined;
  headers.push("X-Forwarded-For", before ? `${String(before)}, ${clientAddress}` : clientAddress);
  const claimed = trusted ? parsed : NOTHING;
  headers.push("X-Forwarded-Host", one(claimed["x-forwarded-host"]) ?? parsed.host ?? "");
  headers.push("X-Forwarded-Proto", one(claimed["x-forwarded-proto"]) ?? scheme, "Via", via);
  if (requestEdit !== undefined) for (const part of requestEdit.add) headers.push(part);
  return headers;
}

const NOTHING: IncomingHttpHeaders = Object.freeze({});

function one(value: string | string[] | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function namedByConnection(connection: string | undefined): string[] | undefined {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return undefined;
  return connection
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
}

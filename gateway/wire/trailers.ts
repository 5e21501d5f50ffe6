/** Of the connection, framing, routing, identity or of how to read the body: none has a place after it (RFC 9110, 6.5.1). */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set([
  ...[
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
  ],
  ...["content-length", "content-encoding", "content-type", "content-range", "host", "expect", "max-forwards", "range"],
  ...["authorization", "proxy-authorization", "proxy-authenticate", "www-authenticate", "cookie", "set-cookie"],
  ...["cache-control", "age", "date", "expires", "location", "retry-after", "vary", "via", "forwarded", "x-real-ip"],
]);

/** Trailers without those that a reader who merges them with the head would be misled by. */
export function allowedTrailers(fields: readonly string[]): string[] {
  const allowed: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]!.toLowerCase();
    if (!NOT_IN_TRAILERS.has(name) && !name.startsWith("x-forwarded-"))
      allowed.push(fields[index]!, fields[index + 1]!);
  }
  return allowed;
}

import type { OutboundRequest } from "../outbound.ts";

/** The request's head as bytes in Latin-1, with its empty line. */
export function requestText({
  method,
  path,
  authority,
  fields,
  hasBody,
  bodyLength,
  acceptsTrailers,
  upgrade,
}: OutboundRequest): string {
  let text = `${method} ${path} HTTP/1.1\r\nHost: ${authority}\r\n`;
  for (let index = 0; index < fields.length; index += 2) text += `${fields[index]!}: ${fields[index + 1]!}\r\n`;
  if (hasBody)
    text += bodyLength === undefined ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${bodyLength}\r\n`;
  // A server could take a POST without a length for one whose body is still to come.
  else if (!BODILESS.has(method)) text += "Content-Length: 0\r\n";
  if (acceptsTrailers && upgrade === undefined) text += "TE: trailers\r\nConnection: TE\r\n";
  if (upgrade !== undefined) text += `Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  return `${text}\r\n`;
}

const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"]);

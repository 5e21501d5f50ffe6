import type { OutboundRequest } from "../outbound.ts";
import { writableFields, writablePath, writableText } from "../written-fields.ts";
import { isRequestHead } from "./head-guard.ts";

/** The request's head as bytes in Latin-1, with its empty line. */
export function requestText(request: OutboundRequest): string {
  const { method, path, authority, fields } = request;
  let text = `${method} ${path} HTTP/1.1\r\nHost: ${authority}\r\n`;
  for (let index = 0; index < fields.length; index += 2) text += `${fields[index]!}: ${fields[index + 1]!}\r\n`;
  const framing = framingLines(request);
  if (!isRequestHead(text, 1 + fields.length / 2)) text = cleanText(request);
  return `${text}${framing}\r\n`;
}

/** Rarely walked: a value holds something that must not be written, or a tab. */
function cleanText({ method, path, authority, fields }: OutboundRequest): string {
  let text = `${method} ${writablePath(path)} HTTP/1.1\r\nHost: ${writableText(authority)}\r\n`;
  const writable = writableFields(fields);
  for (let index = 0; index < writable.length; index += 2) text += `${writable[index]!}: ${writable[index + 1]!}\r\n`;
  return text;
}

/** The fields that this connection decides. */
function framingLines({ method, hasBody, bodyLength, acceptsTrailers, upgrade }: OutboundRequest): string {
  let text = "";
  if (hasBody) text = bodyLength === undefined ? "Transfer-Encoding: chunked\r\n" : `Content-Length: ${bodyLength}\r\n`;
  // A server could take a POST without a length for one whose body is still to come.
  else if (!BODILESS.has(method)) text = "Content-Length: 0\r\n";
  if (upgrade !== undefined) return `${text}Connection: Upgrade\r\nUpgrade: ${upgrade}\r\n`;
  return acceptsTrailers ? `${text}TE: trailers\r\nConnection: TE\r\n` : text;
}

const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"]);

import { writableFields } from "../written-fields.ts";

/** The fields of a header block as node:http2 gives it raw, without the pseudo ones; crumbs of a cookie are one again. */
export function fieldsOf(raw: readonly string[]): string[] {
  const fields: string[] = [];
  let cookieAt = -1;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (name.charCodeAt(0) === 0x3a) continue;
    // RFC 9113, 8.2.3: the next reader may speak HTTP/1.1, where a second Cookie line means something else.
    if (name === "cookie" && cookieAt !== -1) {
      fields[cookieAt] += `; ${raw[index + 1]!}`;
      continue;
    }
    fields.push(name, raw[index + 1]!);
    if (name === "cookie") cookieAt = fields.length - 1;
  }
  return fields;
}

/** HTTP/2 has no fields of the connection (RFC 9113, 8.2.2), and its names are in lower case. */
export const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  // Allowed with one value alone, which whoever means it adds.
  "te",
]);

/**
 * Appends `fields` in the form that node:http2 takes. It cuts text to Latin-1 as a socket does, and throws where a name
 * may not stand.
 */
export function appendFields(block: string[], unchecked: readonly string[]): string[] {
  const fields = writableFields(unchecked);
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]!.toLowerCase();
    if (!CONNECTION_FIELDS.has(name)) block.push(name, fields[index + 1]!);
  }
  return block;
}

/** Fields as node:http2 takes those of trailers and of interim answers: an object. */
export function objectOf(unchecked: readonly string[]): Record<string, string | string[]> {
  const fields = appendFields([], unchecked);
  const trailers: Record<string, string | string[]> = {};
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]!;
    const before = trailers[name];
    trailers[name] = before === undefined ? fields[index + 1]! : [before, fields[index + 1]!].flat();
  }
  return trailers;
}

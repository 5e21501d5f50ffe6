import { fieldOf, type Field } from "./field.ts";

/** RFC 7541, appendix A; the first has the index 1. */
export const STATIC_FIELDS: readonly Field[] = [
  [":authority"],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset"],
  ["accept-encoding", "gzip, deflate"],
  ...["accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow"].map((name) => [
    name,
  ]),
  ...["authorization", "cache-control", "content-disposition", "content-encoding"].map((name) => [name]),
  ...["content-language", "content-length", "content-location", "content-range", "content-type"].map((name) => [name]),
  ...["cookie", "date", "etag", "expect", "expires", "from", "host", "if-match"].map((name) => [name]),
  ...["if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified"].map((name) => [name]),
  ...["link", "location", "max-forwards", "proxy-authenticate", "proxy-authorization", "range"].map((name) => [name]),
  ...["referer", "refresh", "retry-after", "server", "set-cookie", "strict-transport-security"].map((name) => [name]),
  ...["transfer-encoding", "user-agent", "vary", "via", "www-authenticate"].map((name) => [name]),
].map(([name, value = ""]) => fieldOf(name!, value));

/** The index of each name's first entry. */
export const STATIC_NAMES: ReadonlyMap<string, number> = new Map(
  STATIC_FIELDS.map(({ name }, at): [string, number] => [name, at + 1]).toReversed(),
);

import { namesOfConnection } from "./connection-names.ts";

/** Hop-by-hop names of a response (RFC 9110, 7.6.1), by length, so that most names are passed without a change of case. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
const LENGTHS = new Set([...HOP_BY_HOP].map((name) => name.length));

/** An answer's fields without the hop-by-hop ones and those that `Connection` names (`named`, in lower case). */
export function endToEndFields(fields: readonly string[], named: string | undefined): string[] {
  const others = namesOfConnection(named);
  const kept: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]!;
    if (LENGTHS.has(name.length) && HOP_BY_HOP.has(name.toLowerCase())) continue;
    if (others !== undefined && others.includes(name.toLowerCase())) continue;
    kept.push(name, fields[index + 1]!);
  }
  return kept;
}

/** Hop-by-hop names of a response, by length, so that most names are passed without a change of case. */
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

/** `headers` are `[name, value, …]`; `length` is what Content-Length says, where there is one. */
export interface ResponseHead {
  headers: string[];
  length: number | undefined;
}

/** The upstream's raw headers without the hop-by-hop ones and those that `Connection` names. */
export function responseHeadersOf(raw: readonly Buffer[]): ResponseHead {
  const headers: string[] = [];
  let named: string | undefined;
  let length: number | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!.toString("latin1");
    if (LENGTHS.has(name.length) && HOP_BY_HOP.has(name.toLowerCase())) {
      if (name.length === 10 && name.toLowerCase() === "connection")
        named = raw[index + 1]!.toString("latin1").toLowerCase();
      continue;
    }
    const value = raw[index + 1]!.toString("latin1");
    if (name.length === 14 && name.toLowerCase() === "content-length") length = Number(value);
    headers.push(name, value);
  }
  if (named === undefined || named === "keep-alive" || named === "close") return { headers, length };
  return { headers: withoutNamed(headers, new Set(named.split(",").map((name) => name.trim()))), length };
}

function withoutNamed(headers: readonly string[], named: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2)
    if (!named.has(headers[index]!.toLowerCase())) kept.push(headers[index]!, headers[index + 1]!);
  return kept;
}

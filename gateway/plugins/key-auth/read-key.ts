import type { Exchange } from "#gateway/pipeline/index.ts";

export interface KeyPlace {
  header?: string | undefined;
  query?: string | undefined;
}

const MAX_KEY_LENGTH = 4_096;

/** The key's text, from the first place that holds one. Notes where it was, so that it does not go upstream. */
export function readKey(exchange: Exchange, places: readonly KeyPlace[]): string | undefined {
  for (const place of places) {
    const text = readPlace(exchange, place);
    if (text !== undefined && text.length > 0 && text.length <= MAX_KEY_LENGTH) return text;
  }
  return undefined;
}

function readPlace(exchange: Exchange, { header, query }: KeyPlace): string | undefined {
  if (header !== undefined) {
    const named = fromHeader(exchange, header.toLowerCase());
    if (named !== undefined || query === undefined) return named;
  }
  if (query !== undefined) return fromQuery(exchange, query);
  return bearer(exchange) ?? fromHeader(exchange, "x-api-key");
}

function bearer(exchange: Exchange): string | undefined {
  const value = exchange.fields.get("authorization");
  // RFC 9110, 11.1: the scheme's name is case-insensitive.
  if (value === undefined || value.length < 8 || value.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
  exchange.credentialHeader = "authorization";
  return value.slice(7).trim();
}

function fromHeader(exchange: Exchange, name: string): string | undefined {
  const value = exchange.fields.get(name);
  if (value === undefined) return undefined;
  exchange.credentialHeader = name;
  return name === "authorization" ? value.replace(/^bearer +/i, "") : value;
}

function fromQuery(exchange: Exchange, name: string): string | undefined {
  const pairs = exchange.query.slice(1).split("&");
  const mine = (pair: string) => decode(pair.split("=", 1)[0]!) === name;
  const found = pairs.find(mine);
  if (found === undefined) return undefined;
  // The other parameters stay as they came, byte for byte.
  const rest = pairs.filter((pair) => !mine(pair)).join("&");
  exchange.upstreamQuery = rest === "" ? "" : `?${rest}`;
  return decode(found.slice(found.indexOf("=") + 1));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Not percent-encoding: compared as it stands, so it is simply no match for any key.
    return text;
  }
}

import type { HashKey } from "#contracts/api/resilience.ts";
import type { Exchange } from "#gateway/pipeline/exchange.ts";

/** Who calls, behind the proxies that this node trusts. */
export type AddressOf = (exchange: Exchange) => string;

/** Reads what a request is hashed by; `undefined` where it has no such thing. */
export function hashKeyReader(key: HashKey, addressOf: AddressOf): (exchange: Exchange) => string | undefined {
  if (key === "address") return addressOf;
  if ("header" in key) {
    const name = key.header.toLowerCase();
    return ({ fields }) => fields.get(name);
  }
  if ("cookie" in key) return ({ fields }) => valueAmong(fields.get("cookie"), key.cookie, ";");
  return ({ query }) => valueAmong(query.slice(1), key.query, "&");
}

/** `name=value` among others, as it was written: for a hash it need not be decoded. */
function valueAmong(text: string | undefined, name: string, separator: string): string | undefined {
  if (!text) return undefined;
  for (const part of text.split(separator)) {
    const pair = part.trimStart();
    if (pair.startsWith(name) && pair[name.length] === "=") return pair.slice(name.length + 1);
  }
  return undefined;
}

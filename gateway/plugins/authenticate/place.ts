import { withEdit, type Exchange } from "#gateway/pipeline/index.ts";
import { withoutCookie, readCookie } from "./cookie.ts";

/** Where a credential may stand in a request. */
export interface Place {
  /** For people: `the header X-Token`. */
  name: string;
  /** Undefined: nothing is there; `tooLong`: something that is longer than any credential may be. */
  read(exchange: Exchange): string | undefined;
  /** Takes it off what goes upstream: one that logs its requests must not collect credentials. */
  strip(exchange: Exchange): void;
}

export const MAX_CREDENTIAL_LENGTH = 16_384;
/** Nothing reads as an empty text otherwise. */
export const tooLong = "";
const COOKIE: ReadonlySet<string> = new Set(["cookie"]);

/** `Authorization: Bearer …`. */
export const bearerPlace: Place = {
  name: "Authorization: Bearer",
  read(exchange) {
    const value = exchange.fields.get("authorization");
    // RFC 9110, 11.1: the scheme's name is case-insensitive.
    if (value === undefined || value.length < 8 || value.slice(0, 7).toLowerCase() !== "bearer ") return undefined;
    return bounded(value.slice(7).trim());
  },
  strip: (exchange) => stripHeader(exchange, "authorization"),
};

export function headerPlace(name: string): Place {
  const lower = name.toLowerCase();
  return {
    name: `the header ${name}`,
    read(exchange) {
      const value = exchange.fields.get(lower);
      return value === undefined ? undefined : bounded(value.replace(/^bearer +/i, ""));
    },
    strip: (exchange) => stripHeader(exchange, lower),
  };
}

export function queryPlace(name: string): Place {
  const isMine = (pair: string) => decode(pair.split("=", 1)[0]!) === name;
  return {
    name: `the query parameter ${name}`,
    read(exchange) {
      if (exchange.query === "") return undefined;
      const found = exchange.query.slice(1).split("&").find(isMine);
      return found === undefined ? undefined : bounded(decode(found.slice(found.indexOf("=") + 1)));
    },
    strip(exchange) {
      // The other parameters stay as they came, byte for byte.
      const rest = exchange.upstreamQuery
        .slice(1)
        .split("&")
        .filter((pair) => !isMine(pair))
        .join("&");
      exchange.upstreamQuery = rest === "" ? "" : `?${rest}`;
    },
  };
}

export function cookiePlace(name: string): Place {
  return {
    name: `the cookie ${name}`,
    read(exchange) {
      const value = exchange.fields.get("cookie");
      return value === undefined ? undefined : bounded(readCookie(value, name) ?? "");
    },
    strip(exchange) {
      const rest = withoutCookie(exchange.fields.get("cookie") ?? "", name);
      const edit = { drop: COOKIE, add: rest === "" ? [] : ["Cookie", rest] };
      exchange.requestEdit = withEdit(exchange.requestEdit, edit);
    },
  };
}

/** Places that are given, in the order header, query, cookie; none given: those that are meant without saying. */
export function placesOf(
  given: { header?: string | undefined; query?: string | undefined; cookie?: string | undefined },
  otherwise: readonly Place[],
): readonly Place[] {
  const places = [
    ...(given.header === undefined ? [] : [headerPlace(given.header)]),
    ...(given.query === undefined ? [] : [queryPlace(given.query)]),
    ...(given.cookie === undefined ? [] : [cookiePlace(given.cookie)]),
  ];
  return places.length > 0 ? places : otherwise;
}

/** Takes a credential off, and what stands in the places after it: whoever sends one twice sends it upstream in none. */
export function stripFrom(exchange: Exchange, places: readonly Place[], held: Place): void {
  held.strip(exchange);
  for (let index = places.indexOf(held) + 1; index < places.length; index += 1)
    if (places[index]!.read(exchange) !== undefined) places[index]!.strip(exchange);
}

export function namesOf(places: readonly Place[]): string {
  return places.map(({ name }) => name).join(" or ");
}

/** One header is what the exchange has room for; where several credentials hold together, the others are edited out. */
export function stripHeader(exchange: Exchange, name: string): void {
  if (exchange.credentialHeader === undefined || exchange.credentialHeader === name) {
    exchange.credentialHeader = name;
    return;
  }
  exchange.requestEdit = withEdit(exchange.requestEdit, { drop: new Set([name]), add: [] });
}

function bounded(text: string): string | undefined {
  if (text.length > MAX_CREDENTIAL_LENGTH) return tooLong;
  return text.length > 0 ? text : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Not percent-encoding: compared as it stands, so it is simply no match for any credential.
    return text;
  }
}

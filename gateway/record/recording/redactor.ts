import type { Recording } from "#contracts/api/recording.ts";
import { credentialPlaces, isTelling } from "../credential-places.ts";
import { mentions, plainName, segmentsOf } from "./plain-names.ts";

const REDACTED = "[redacted]";
const HEADERS = ["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"];
const MEMBERS = ["password", "secret", "token", "access_token", "refresh_token", "client_secret", "api_key"];
/** Headers whose value is an address with parameters, of which some are credentials. */
const URL_HEADERS = new Set(["location", "content-location", "referer", "x-original-url", "x-forwarded-uri"]);
const MAX_VALUE = 4_096;
const MAX_DEPTH = 64;

/** What of an API's exchanges may be written down. Decided at load; it errs on the side of leaving out. */
export class Redactor {
  readonly #headers: ReadonlySet<string>;
  readonly #parameters: ReadonlySet<string>;
  readonly #members: ReadonlySet<string>;
  /** Names that a text which cannot be taken apart must not hold. */
  readonly #named: ReadonlySet<string>;

  constructor(auth: unknown, redact: Recording["redact"]) {
    const headers = [...HEADERS, ...credentialPlaces(auth, "header"), ...redact.headers];
    const parameters = [...credentialPlaces(auth, "query"), ...redact.query];
    const members = [...MEMBERS, ...redact.members];
    this.#headers = new Set(headers.map((name) => name.toLowerCase()));
    this.#named = plain([...members, ...HEADERS]);
    this.#parameters = plain([...parameters, ...members]);
    // A service that answers with what it was sent repeats names of headers and parameters.
    this.#members = plain([...headers, ...parameters, ...members, ...credentialPlaces(auth, "cookie")]);
  }

  /** `[name, value, …]` by name in lower case; several of one name are joined (RFC 9110, 5.3). */
  headers(raw: readonly string[], alsoHidden: ReadonlySet<string>): Record<string, string> {
    const written = new Map<string, string>();
    for (let index = 0; index < raw.length; index += 2) {
      const name = raw[index]!.toLowerCase();
      const value = alsoHidden.has(name) ? REDACTED : this.#headerValue(name, raw[index + 1]!);
      const before = written.get(name);
      written.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    return Object.fromEntries(written);
  }

  /** With its question mark. */
  query(query: string): string {
    return query === "" ? "" : `?${this.form(query.slice(1))}`;
  }

  /** Pairs by `&`. A name that was cut has no value, so a cut form loses nothing of this. */
  form(text: string): string {
    return text
      .split("&")
      .map((pair) => this.#pair(pair))
      .join("&");
  }

  json(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return this.#string(value, depth);
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) return "[too deep]";
    if (Array.isArray(value)) return value.map((entry) => this.json(entry, depth + 1));
    const members = Object.entries(value).map(([name, member]): [string, unknown] => [
      name,
      this.#members.has(plainName(name)) ? REDACTED : this.json(member, depth + 1),
    ]);
    return Object.fromEntries(members);
  }

  /** Whether a text that cannot be taken apart names something whose value would have to be found in it. */
  isNamedIn(text: string): boolean {
    // Written in units of two or four bytes, names would not be found.
    return text.includes("\0") || mentions(text, this.#named);
  }

  #headerValue(name: string, value: string): string {
    if (this.#headers.has(name) || isTelling(name)) return REDACTED;
    if (!URL_HEADERS.has(name)) return value.slice(0, MAX_VALUE);
    const at = value.search(/[?#]/);
    const redacted = at === -1 ? value : value.slice(0, at + 1) + this.form(value.slice(at + 1));
    return redacted.slice(0, MAX_VALUE);
  }

  #pair(pair: string): string {
    const at = pair.indexOf("=");
    if (at === -1) return pair;
    const segments = segmentsOf(decoded(pair.slice(0, at)));
    const isSecret = segments.some((segment) => isTelling(segment) || this.#parameters.has(plainName(segment)));
    const value = isSecret ? "" : decoded(pair.slice(at + 1));
    return isSecret || this.#string(value, 0) !== value ? `${pair.slice(0, at)}=${REDACTED}` : pair;
  }

  /** A text may be JSON, a form or markup of its own. A sentence that speaks of a password is none of these and stays. */
  #string(text: string, depth: number): string {
    const inner = parsedJson(text);
    if (inner !== undefined) return JSON.stringify(this.json(inner, depth + 1));
    return /[={<]/.test(text) && this.isNamedIn(text) ? REDACTED : text;
  }
}

/** Undefined: it is no JSON, or nothing that has members. */
export function parsedJson(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{"]/.test(trimmed)) return undefined;
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    // A text that only begins like JSON is a text.
    return undefined;
  }
}

function plain(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(plainName));
}

function decoded(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A lenient reader takes what it can of it, so names are looked for in that.
    return spaced.replaceAll(/%([0-9a-f]{2})/gi, (_whole, byte: string) =>
      String.fromCharCode(Number.parseInt(byte, 16)),
    );
  }
}

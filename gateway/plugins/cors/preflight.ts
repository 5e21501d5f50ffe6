import type { Cors } from "#contracts/api/cors.ts";
import { reject, type Admitted, type Reply } from "#gateway/pipeline/index.ts";
import { compileOrigins } from "./origin-rule.ts";

const VARY = ["Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"] as const;
const noOrigin = reject(403, "cors_origin_not_allowed", "Pages of this origin may not call this API.", VARY);
const noMethod = reject(403, "cors_method_not_allowed", "Pages may not use this method here.", VARY);
const noHeader = reject(403, "cors_header_not_allowed", "Pages may not send one of these headers here.", VARY);
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/;
const MAX_NAMES = 100;

/** The answer to a preflight. A refusal says which of the three it was: a browser's console shows none of it otherwise. */
export function compilePreflight(settings: Cors): (exchange: Pick<Admitted, "fields">) => Reply {
  const allow = compileOrigins(settings.origins);
  const methods = new Set(settings.methods);
  const names = settings.headers.includes("*") ? null : new Set(settings.headers.map((name) => name.toLowerCase()));
  const fixed = [
    "Access-Control-Allow-Methods",
    settings.methods.join(", "),
    "Access-Control-Max-Age",
    String(Math.floor(settings.maxAge / 1_000)),
    ...(settings.credentials ? ["Access-Control-Allow-Credentials", "true"] : []),
    ...VARY,
  ];
  return ({ fields }) => {
    const origin = allow(fields.get("origin") ?? "");
    if (origin === undefined) return noOrigin;
    if (!methods.has(fields.get("access-control-request-method") ?? "")) return noMethod;
    const asked = namesIn(fields.get("access-control-request-headers"));
    if (asked === undefined || (names !== null && !asked.every((name) => names.has(name)))) return noHeader;
    const allowed = names === null ? asked : settings.headers;
    const headers = ["Access-Control-Allow-Origin", origin, ...fixed];
    if (allowed.length > 0) headers.push("Access-Control-Allow-Headers", allowed.join(", "));
    return { status: 204, code: null, headers, contentType: "", body: ["", ""], problem: null };
  };
}

/** In lower case; undefined where they are none, or too many. */
function namesIn(text: string | undefined): string[] | undefined {
  if (text === undefined || text === "") return [];
  const names = text.split(",", MAX_NAMES + 1).map((name) => name.trim().toLowerCase());
  return names.length <= MAX_NAMES && names.every((name) => NAME.test(name)) ? names : undefined;
}

import { createHash } from "node:crypto";
import type { CustomLimit } from "#contracts/api/limits.ts";
import { readMember } from "#gateway/context/index.ts";
import type { Identities } from "#gateway/identity/index.ts";
import type { Allowance, LimitBook } from "#gateway/limit/index.ts";
import { problemReply, type Exchange, type Reply } from "#gateway/pipeline/index.ts";

export interface CustomLimitDeps {
  limits: LimitBook;
  identity: Pick<Identities, "clientAddressOf">;
}

/** The allowances that a call draws on for one such limit; a reply where it does not say what it is counted by. */
export type CustomDraw = (exchange: Exchange) => readonly Allowance[] | Reply;

const NONE: readonly Allowance[] = Object.freeze([]);

/** `scope` names the API or operation and the limit's place in its list. */
export function compileCustomLimit(limit: CustomLimit, scope: string, deps: CustomLimitDeps): CustomDraw {
  const read = readerOf(limit.by, deps);
  const { whenAbsent } = limit;
  const missing = problemReply(400, "limit_value_missing", `Send ${nameOf(limit.by)}: calls here are counted by it.`);
  return (exchange) => {
    const value = read(exchange);
    if (value !== undefined) return allowancesFor(limit, `by:${scope}:${digestOf(value)}`, deps.limits);
    if (whenAbsent === "refuse") return missing;
    if (whenAbsent === "skip") return NONE;
    return allowancesFor(limit, `by:${scope}:address:${deps.identity.clientAddressOf(exchange)}`, deps.limits);
  };
}

function allowancesFor({ rate, quota }: CustomLimit, id: string, limits: LimitBook): Allowance[] {
  const allowances: Allowance[] = [];
  if (rate) allowances.push(limits.allowance("rate", id, rate));
  if (quota) allowances.push(limits.allowance("quota", id, quota));
  return allowances;
}

/** Of fixed length, whatever a client sends; and what it sends may be a secret, which a store must not come to hold. */
function digestOf(value: string): string {
  return createHash("sha256").update(value).digest("base64url").slice(0, 22);
}

/** An empty value is no value: it would count all that leave it empty together. */
function readerOf(by: CustomLimit["by"], { identity }: CustomLimitDeps): (exchange: Exchange) => string | undefined {
  if (by === "address") return (exchange) => identity.clientAddressOf(exchange);
  if (by === "key") return ({ principal }) => principal?.keyId;
  if ("header" in by) {
    const name = by.header.toLowerCase();
    return ({ fields }) => fields.get(name) || undefined;
  }
  if ("query" in by)
    return ({ query }) => (query === "" ? undefined : new URLSearchParams(query).get(by.query) || undefined);
  if ("metadata" in by) return ({ principal }) => readText(readMember(principal?.metadata, by.metadata));
  return ({ principal }) => readText(readMember(principal?.claims, by.claim));
}

function readText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function nameOf(by: CustomLimit["by"]): string {
  if (typeof by === "string") return by === "key" ? "a key" : "an address";
  const [[kind, name] = ["value", ""]] = Object.entries(by);
  return kind === "query" ? `the query parameter ${name}` : `the ${kind} ${name}`;
}

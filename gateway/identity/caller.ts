import { hash } from "node:crypto";
import { Identity } from "#gateway/session/index.ts";

/** What the claims of a caller open; see `claimRights` of the contract. */
export interface RightsRules {
  subjectClaim: string;
  policiesClaim?: string | undefined;
  scopeClaim: string;
  scopes: Readonly<Record<string, readonly string[]>>;
  requireScopes: readonly string[];
  policies: readonly string[];
}

export type Claims = Readonly<Record<string, unknown>>;

/** Policies that one token may bring, whatever it says. */
const MAX_POLICIES = 100;

/** The caller that claims speak of, or why they do not open anything. `api` is opened where no policy is asked for. */
export function callerOf(
  claims: Claims,
  rules: RightsRules,
  { kind, issuer, api }: { kind: string; issuer: string; api: string },
): Identity | "token_claims" | "scope_missing" {
  const subject = readClaim(claims, rules.subjectClaim);
  if ((typeof subject !== "string" && typeof subject !== "number") || subject === "") return "token_claims";
  const scopes = listOf(readClaim(claims, rules.scopeClaim));
  if (!rules.requireScopes.every((scope) => scopes.includes(scope))) return "scope_missing";
  const brought = scopes.flatMap((scope) => (Object.hasOwn(rules.scopes, scope) ? rules.scopes[scope]! : []));
  const named = rules.policiesClaim === undefined ? [] : listOf(readClaim(claims, rules.policiesClaim));
  const policies = [...new Set([...rules.policies, ...brought, ...named])].slice(0, MAX_POLICIES);
  const id = callerId(kind, issuer, String(subject));
  return new Identity({ id, policies, apis: asksForPolicies(rules) ? {} : { [api]: {} }, claims });
}

/** `jwt:3f9c21aa:alice`. What is long or has other characters is cut and told apart by its hash. */
export function callerId(kind: string, issuer: string, subject: string): string {
  const home = hash("sha256", issuer, "hex").slice(0, 8);
  // A colon would make one caller's limit another's: `a:orders` and the limit of `a` for the API `orders`.
  if (/^[A-Za-z0-9._@|+=-]{1,64}$/.test(subject)) return `${kind}:${home}:${subject}`;
  const plain = subject.slice(0, 40).replace(/[^A-Za-z0-9._@|+=-]/g, "_");
  return `${kind}:${home}:${plain}~${hash("sha256", subject, "hex").slice(0, 16)}`;
}

function asksForPolicies({ policies, policiesClaim, scopes }: RightsRules): boolean {
  return policies.length > 0 || policiesClaim !== undefined || Object.keys(scopes).length > 0;
}

/** A claim by its name; where there is none, a dotted name reaches inside: `realm_access.roles`. */
function readClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Claims)[part];
  }
  return value;
}

/** An array of texts, or one text with spaces or commas between them. */
function listOf(value: unknown): string[] {
  if (typeof value === "string") return value.split(/[\s,]+/).filter(Boolean);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

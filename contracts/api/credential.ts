import { z } from "zod";
import { entityId } from "../ids.ts";
import { headerName } from "./primitives.ts";

/** Where a token is looked for; none given: `Authorization: Bearer`. Given, they are the only places, in this order. */
export const tokenPlaces = {
  /** A header whose value is the token; a leading `Bearer ` is taken off. */
  header: headerName.optional(),
  /** A parameter of the query. It is taken off what goes upstream. */
  query: z.string().min(1).max(100).optional(),
  /** A cookie. It is taken off what goes upstream. */
  cookie: headerName.optional(),
};

const claim = z.string().min(1).max(200);
const policyList = z.array(entityId).max(100);
const scope = z.string().min(1).max(200);

/**
 * What the claims of a token open. Where none of `policies`, `policiesClaim` and `scopes` is given, a valid token opens
 * the API that asks for it, without limits of its own; given, those policies alone decide.
 */
export const claimRights = {
  /** The claim that names the caller: limits and analytics are by issuer and this. A dotted name reaches inside. */
  subjectClaim: claim.default("sub"),
  /** A claim that lists ids of policies: an array, or a text with spaces or commas between them. */
  policiesClaim: claim.optional(),
  /** A claim that lists scopes, in the same forms (RFC 8693, 4.2). */
  scopeClaim: claim.default("scope"),
  /** Policies that a scope brings: `read:orders: [readers]`. */
  scopes: z.record(scope, policyList).default({}),
  /** Scopes that every call must have: 403 `scope_missing` without one of them. */
  requireScopes: z.array(scope).max(50).default([]),
  /** Policies of every valid token, beside those of its claims. */
  policies: policyList.default([]),
};

import { z } from "zod";
import { entityId } from "../ids.ts";
import { headerName } from "./primitives.ts";

/** Where a token is looked for; none given: `Authorization: Bearer`. Given, they are the only places, in this order. */
export const tokenPlaces = {
  header: headerName.optional().describe("A header whose value is the token; a leading `Bearer ` is taken off."),
  query: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe("A parameter of the query. It is taken off what goes upstream."),
  cookie: headerName.optional().describe("A cookie. It is taken off what goes upstream."),
};

const claim = z.string().min(1).max(200);
const policyList = z.array(entityId).max(100);
const scope = z.string().min(1).max(200);

/**
 * What the claims of a token open. Where none of `policies`, `policiesClaim` and `scopes` is given, a valid token opens
 * the API that asks for it, without limits of its own; given, those policies alone decide.
 */
export const claimRights = {
  subjectClaim: claim
    .default("sub")
    .describe(
      "The claim that names the caller: limits and analytics are by issuer and this. A dotted name reaches inside.",
    ),
  policiesClaim: claim
    .optional()
    .describe("A claim that lists ids of policies: an array, or a text with spaces or commas between them."),
  scopeClaim: claim.default("scope").describe("A claim that lists scopes, in the same forms (RFC 8693, 4.2)."),
  scopes: z.record(scope, policyList).default({}).describe("Policies that a scope brings: `read:orders: [readers]`."),
  requireScopes: z
    .array(scope)
    .max(50)
    .default([])
    .describe("Scopes that every call must have: 403 `scope_missing` without one of them."),
  policies: policyList.default([]).describe("Policies of every valid token, beside those of its claims."),
};

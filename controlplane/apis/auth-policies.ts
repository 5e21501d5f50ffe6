import { AppError } from "#base/errors.ts";
import type { Auth } from "#contracts/api/auth.ts";
import { policiesOfAuth } from "#contracts/api/auth-policies.ts";
import { apis, policies } from "#drizzle/controlplane/schema.ts";
import type { PlaneTx } from "../db/database.ts";

/** Policies that callers get by an API's `auth` must be there: without one nobody whom it is for would be let in. */
export async function demandAuthPolicies(tx: PlaneTx, auth: Auth): Promise<void> {
  const named = policiesOfAuth(auth);
  if (named.length === 0) return;
  const known = new Set((await tx.select({ id: policies.id }).from(policies)).map(({ id }) => id as string));
  const missing = named.filter(({ id }) => !known.has(id));
  if (missing.length === 0) return;
  throw new AppError("invalid", `There is no policy ${missing[0]!.id} in this environment.`, {
    fields: missing.map(({ path }) => ({
      path: ["auth", ...path].join("."),
      message: "names no policy of this environment",
    })),
  });
}

/** Names of the APIs whose `auth` gives that policy to callers. */
export async function apisThatGive(tx: PlaneTx, policy: string): Promise<string[]> {
  const rows = await tx.select({ name: apis.name, settings: apis.settings }).from(apis);
  return rows
    .filter(({ settings }) => policiesOfAuth(settings.auth).some(({ id }) => id === policy))
    .map(({ name }) => name);
}

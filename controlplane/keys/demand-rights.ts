import { AppError } from "#base/errors.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { KeyBody } from "#contracts/plane/entities.ts";
import type { PlaneTx } from "../db/database.ts";
import { demandKnownApis } from "../policies/manage-policies.ts";
import { policyNames } from "./view-key.ts";

/** A key opens something, and what it names is there; an API that was deleted since it was granted may stay. */
export async function demandRights(tx: PlaneTx, body: KeyBody, before?: KeyRecord): Promise<void> {
  await demandKnownPolicies(tx, body.policies);
  await demandKnownApis(tx, body.apis, before?.apis);
  if (body.policies.length > 0 || Object.keys(body.apis).length > 0) return;
  throw new AppError("invalid", "Choose a policy or an API: a key without either opens nothing.", {
    fields: [{ path: "policies", message: "choose at least one policy or API" }],
  });
}

async function demandKnownPolicies(tx: PlaneTx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  const known = await policyNames(tx);
  const missing = ids.find((id) => !known.has(id));
  if (missing)
    throw new AppError("invalid", `There is no policy ${missing} in this environment.`, {
      fields: [{ path: "policies", message: `${missing} names no policy of this environment` }],
    });
}

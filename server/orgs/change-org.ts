import { eq } from "drizzle-orm";
import { organisations } from "#drizzle/console/schema.ts";
import { forOrg, type Tx } from "../db/database.ts";
import type { OrgScope } from "../scope.ts";

/**
 * `forOrg` for what changes an organisation's places: such changes take turns, so that what one checks (a free name, a
 * control plane that stands) still holds when it writes. The lock is the row that the audit entry takes anyway.
 */
export function changeOrg<T>(scope: OrgScope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return forOrg(scope.deps.db, scope.org.id, async (tx) => {
    const { id } = organisations;
    await tx.select({ id }).from(organisations).where(eq(id, scope.org.id)).for("update");
    return work(tx);
  });
}

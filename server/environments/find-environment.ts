import { and, eq, isNull } from "drizzle-orm";
import { environmentId } from "#contracts/ids.ts";
import { environments } from "#drizzle/console/schema.ts";
import type { Tx } from "../db/database.ts";
import { notFound, type OrgScope } from "../scope.ts";

export type EnvironmentRow = typeof environments.$inferSelect;

/** By id or by slug, among the organisation's own that still stand. */
export async function findEnvironment(tx: Tx, scope: OrgScope, reference: string): Promise<EnvironmentRow> {
  const id = environmentId.safeParse(reference);
  const [row] = await tx
    .select()
    .from(environments)
    .where(
      and(
        eq(environments.orgId, scope.org.id),
        isNull(environments.destroyedAt),
        id.success ? eq(environments.id, id.data) : eq(environments.slug, reference),
      ),
    );
  if (!row) throw notFound("environment");
  return row;
}

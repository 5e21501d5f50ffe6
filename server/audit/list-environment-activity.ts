import type { AuditView } from "#contracts/plane/entities.ts";
import { findPlane } from "../planes/open-plane.ts";
import type { OrgScope } from "../scope.ts";
import { listAudit } from "./list-audit.ts";

/**
 * What happened: the organisation's chain, and for an environment also its control plane's (APIs, policies, keys), newest
 * first. The cursor names a place in each: `<console seq>:<plane seq>`.
 */
export async function listActivity(
  scope: OrgScope,
  input: { environment?: string; cursor?: string },
): Promise<{ items: AuditView[]; nextCursor: string | null }> {
  if (!input.environment) return listAudit(scope, input);
  const [own, theirs] = (input.cursor ?? ":").split(":");
  const console =
    own === "-" ? emptyPage : await listAudit(scope, { environment: input.environment, cursor: own || undefined });
  const client = theirs === "-" ? null : await findPlane(scope, input.environment);
  const plane = client ? await client.listAudit(theirs || undefined) : emptyPage;
  const items = [...console.items, ...plane.items].toSorted((a, b) => b.at.localeCompare(a.at));
  const more = console.nextCursor !== null || plane.nextCursor !== null;
  return { items, nextCursor: more ? `${console.nextCursor ?? "-"}:${plane.nextCursor ?? "-"}` : null };
}

const emptyPage: { items: AuditView[]; nextCursor: string | null } = { items: [], nextCursor: null };

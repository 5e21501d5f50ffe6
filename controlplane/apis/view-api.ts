import type { ApiDetail, ApiView } from "#contracts/plane/apis.ts";
import type { apis } from "#drizzle/controlplane/schema.ts";
import { readDocument, summarize } from "./read-document.ts";

export type ApiRow = typeof apis.$inferSelect;

/** Takes no document: those of a whole list are never read. */
export function viewApi(row: Omit<ApiRow, "document" | "resolved">): ApiView {
  return {
    id: row.id,
    name: row.name,
    state: row.settings.state,
    listenHost: row.listenHost || null,
    listenPath: row.listenPath,
    upstreamUrl: whereTo(row.settings.upstream),
    authSummary: row.settings.auth.anyOf.map((all) => Object.keys(all).join(" + ")).join(" or ") || "none",
    tags: row.settings.tags,
    operationCount: row.operationCount,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** The first target; where a registry knows them, the registry. */
function whereTo({ targets, discovery }: ApiRow["settings"]["upstream"]): string {
  const [first] = targets;
  if (first || !discovery) return first?.url ?? "";
  return "consul" in discovery ? discovery.consul.address : discovery.url;
}

export function viewApiDetail(row: ApiRow): ApiDetail {
  const operations = row.document ? summarize(readDocument(row.document)) : [];
  return { ...viewApi(row), settings: row.settings, document: row.document, operations, revision: row.revision };
}

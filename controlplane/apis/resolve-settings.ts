import { AppError } from "#base/errors.ts";
import { apiSettings } from "#contracts/api/definition.ts";
import { resolveApi, type ResolvedApi } from "#contracts/api/resolved.ts";
import type { ApiInput } from "#contracts/plane/apis.ts";
import { canonicalJson } from "#base/canonical.ts";
import { readDocument } from "./read-document.ts";

/** What is kept of a resolved API beside its settings. */
export function resolvedColumns(id: string, input: ApiInput): { resolved: string; operationCount: number } {
  const api = resolveSettings(id, input);
  return { resolved: canonicalJson(api), operationCount: api.operations.length };
}

/** Settings and document joined into what gateways load; what does not fit is an error that names the field. */
function resolveSettings(id: string, input: ApiInput): ResolvedApi {
  const { document, ...settings } = input;
  const { api, problems } = resolveApi(
    apiSettings.parse({ id, ...settings }),
    document === null ? undefined : readDocument(document),
  );
  if (problems.length > 0) throw new AppError("invalid", problems[0]!.message, { fields: problems });
  return api;
}

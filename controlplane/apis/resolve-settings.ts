import { AppError } from "#base/errors.ts";
import { apiSettings } from "#contracts/api/definition.ts";
import { resolveApi, type ResolvedApi } from "#contracts/api/resolved.ts";
import type { ApiInput } from "#contracts/plane/apis.ts";
import { readDocument } from "./read-document.ts";

/** Settings and document joined into what gateways load; what does not fit is an error that names the field. */
export function resolveSettings(id: string, input: ApiInput): ResolvedApi {
  const { document, ...settings } = input;
  const { api, problems } = resolveApi(
    apiSettings.parse({ id, ...settings }),
    document === null ? undefined : readDocument(document),
  );
  if (problems.length > 0) throw new AppError("invalid", problems[0]!.message, { fields: problems });
  return api;
}

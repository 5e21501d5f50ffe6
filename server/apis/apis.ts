import { AppError } from "#base/errors.ts";
import type { ApiDetail, ApiInputRaw, ApiPreview, ApiView } from "#contracts/plane/apis.ts";
import { fetchDocument } from "../outbound/fetch-document.ts";
import { openPlane } from "../planes/open-plane.ts";
import type { OrgScope } from "../scope.ts";

/** What a new API is made of: a document or its URL, or neither; what is not given is taken from the document. */
export interface NewApi {
  environment: string;
  name?: string;
  document?: string;
  url?: string;
  upstreamUrl?: string;
  listenPath?: string;
  auth?: "none" | "key";
  rate?: string;
  tags?: string[];
  /** The full form instead: what the short fields do not reach. */
  settings?: Partial<Omit<ApiInputRaw, "name" | "document">>;
}

export async function listApis(scope: OrgScope, input: { environment: string; search?: string }): Promise<ApiView[]> {
  const plane = await openPlane(scope, input.environment);
  const all = await plane.listApis();
  const needle = input.search?.trim().toLowerCase();
  return needle
    ? all.filter((api) => `${api.name} ${api.listenPath} ${api.upstreamUrl}`.toLowerCase().includes(needle))
    : all;
}

export async function previewApi(
  scope: OrgScope,
  input: { environment: string; document?: string; url?: string },
): Promise<ApiPreview> {
  const plane = await openPlane(scope, input.environment);
  const document = await documentOf(scope, input);
  if (document === null) throw required("document", "Paste an OpenAPI document, choose a file, or give its URL.");
  return plane.previewApi(document);
}

export async function createApi(scope: OrgScope, input: NewApi): Promise<ApiDetail> {
  const plane = await openPlane(scope, input.environment);
  const document = await documentOf(scope, input);
  const suggested = document === null ? undefined : await plane.previewApi(document);
  const name = input.name ?? suggested?.suggestedName;
  const upstream = input.settings?.upstream ?? input.upstreamUrl ?? suggested?.suggestedUpstreamUrl;
  const listen = input.settings?.listen ?? input.listenPath ?? suggested?.suggestedListenPath;
  if (!name) throw required("name", "Give the API a name.");
  if (!listen) throw required("listenPath", "Give the path that the gateway listens on, such as /orders.");
  if (!upstream) throw required("upstreamUrl", "The document names no server. Give the upstream URL.");
  return plane.createApi({
    auth: input.auth ?? "key",
    ...(input.rate ? { rate: input.rate } : {}),
    ...(input.tags ? { tags: input.tags } : {}),
    ...input.settings,
    name,
    listen,
    upstream,
    document,
  });
}

async function documentOf(scope: OrgScope, input: { document?: string; url?: string }): Promise<string | null> {
  if (input.document?.trim()) return input.document;
  if (!input.url?.trim()) return null;
  return fetchDocument(input.url.trim(), { allow: scope.deps.env.CAUSEWAY_FETCH_ALLOW, field: "url" });
}

function required(path: string, message: string): AppError {
  return new AppError("invalid", message, { fields: [{ path, message }] });
}

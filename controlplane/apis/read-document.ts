import { isMap, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { AppError, type FieldProblem } from "#base/errors.ts";
import { explainIssues } from "#base/explain-issues.ts";
import { operationsOf } from "#contracts/api/resolved.ts";
import type { ApiPreview } from "#contracts/plane/apis.ts";

/** More problems than these are not shown: the first ones are mended first. */
const MOST_PROBLEMS = 8;

/** What we rely on of an OpenAPI document; the rest is carried along as it is. */
const operation = z.looseObject({ operationId: z.string().min(1).max(200).optional(), summary: z.string().optional() });
const pathItem = z.looseObject({
  get: operation.optional(),
  head: operation.optional(),
  post: operation.optional(),
  put: operation.optional(),
  patch: operation.optional(),
  delete: operation.optional(),
  options: operation.optional(),
  trace: operation.optional(),
});
const openApiDocument = z.looseObject({
  openapi: z.string().regex(/^3\.[01]\.\d+/, "expected OpenAPI 3.0 or 3.1, such as 3.1.0"),
  info: z.looseObject({ title: z.string().min(1), version: z.coerce.string() }),
  paths: z.record(z.string().startsWith("/", "a path starts with /"), pathItem).default({}),
  servers: z.array(z.looseObject({ url: z.string() })).optional(),
});
export type OpenApiDocument = z.infer<typeof openApiDocument>;

/**
 * Parses an OpenAPI 3.0/3.1 document in JSON or YAML. Each problem names its path in the document and its line; bad
 * syntax, duplicate keys and two operations of one operationId are problems too.
 */
export function readDocument(text: string): OpenApiDocument {
  const lines = new LineCounter();
  // JSON is YAML 1.2; one parser gives both their line numbers.
  const source = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  if (source.errors.length > 0)
    throw broken(
      source.errors.map((error) => ({
        path: "document",
        message: error.message,
        line: lines.linePos(error.pos[0]).line,
      })),
    );
  if (!isMap(source.contents))
    throw broken([{ path: "document", message: "expected an OpenAPI document in JSON or YAML", line: 1 }]);
  const parsed = openApiDocument.safeParse(source.toJS({ maxAliasCount: 100 }));
  if (!parsed.success)
    throw broken(
      explainIssues(parsed.error.issues).map((issue) => ({
        path: issue.path.map(String).join("."),
        message: issue.message,
        line: lineOf(source, lines, issue.path),
      })),
    );
  const twice = repeatedOperationIds(parsed.data);
  if (twice.length > 0)
    throw broken(twice.map((id) => ({ path: "paths", message: `operationId ${id} is used twice` })));
  return parsed.data;
}

/** The line of the deepest member of `path` that the document has. */
function lineOf(source: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? source.contents : source.getIn(path.slice(0, depth), true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range) return lines.linePos(range[0]).line;
  }
  return undefined;
}

function repeatedOperationIds(document: OpenApiDocument): string[] {
  const seen = new Set<string>();
  return operationsOf(document)
    .map(({ id }) => id)
    .filter((id) => seen.has(id) || !seen.add(id));
}

function broken(problems: FieldProblem[]): AppError {
  const first = problems[0]!;
  const where = first.line ? `line ${first.line}, ${first.path}` : first.path;
  return new AppError("invalid", `The OpenAPI document is broken: ${where}: ${first.message}.`, {
    fields: problems.slice(0, MOST_PROBLEMS),
  });
}

/** What a document suggests for an API, before anything is saved. */
export function previewDocument(text: string): ApiPreview {
  const document = readDocument(text);
  const server = document.servers?.[0]?.url;
  const absolute = server !== undefined && /^https?:\/\//.test(server) && URL.canParse(server);
  return {
    title: document.info.title,
    documentVersion: document.info.version,
    suggestedName: document.info.title.slice(0, 100),
    suggestedListenPath: `/${slugOf(document.info.title)}`,
    suggestedUpstreamUrl: absolute ? server : null,
    operations: summarize(document),
    notes:
      server && !absolute
        ? [{ path: "servers.0.url", message: `${server} is not an absolute URL: give the upstream URL.` }]
        : [],
  };
}

export function summarize(document: OpenApiDocument) {
  return operationsOf(document).map((entry) => {
    const item = document.paths[entry.path] as Record<string, { summary?: string } | undefined> | undefined;
    return { ...entry, summary: item?.[entry.method.toLowerCase()]?.summary ?? null };
  });
}

function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return slug || "api";
}

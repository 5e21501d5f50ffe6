import { createHash } from "node:crypto";
import { resolveApi } from "#contracts/api/resolved.ts";
import { explainIssues } from "#base/explain-issues.ts";
import { apiSettings } from "#contracts/api/definition.ts";
import { fileConfiguration, writtenConfiguration } from "#contracts/config/file.ts";
import { membersAt } from "#contracts/walk-schema.ts";
import { canonicalJson } from "#base/canonical.ts";
import { messageOf } from "#base/errors.ts";
import type { Configuration } from "../configuration.ts";
import { carriesTag } from "../sharding.ts";
import { loadSources, type SourceDocument } from "./load-sources.ts";
import { readDocument } from "./open-api-document.ts";
import { checkCertificates } from "./check-certificates.ts";
import { checkReferences } from "./check-references.ts";
import { ConfigurationError, lineOf } from "./configuration-error.ts";
import { keyRecordOf } from "./key-records.ts";
import type { Problem } from "./problem.ts";

export interface FileConfigurationResult {
  configuration: Omit<Configuration, "revision">;
  /** All files that the configuration was read from, documents and secrets among them: what has to be watched. */
  files: string[];
}

/** Reads a file or a folder, whole or not at all: throws `ConfigurationError` with every problem found. */
export async function readFileConfiguration(path: string, tags: readonly string[]): Promise<FileConfigurationResult> {
  const { documents, problems, files } = loadSources(path);
  const parsed = documents.map((document) => ({ document, ...parseDocument(document, problems) }));
  const apis: unknown[] = [];
  for (const { document, value } of parsed)
    for (const [index, entry] of (value?.apis ?? []).entries()) {
      const api = await resolveEntry(document, index, entry, problems, files);
      if (api !== undefined) apis.push(api);
    }
  const policies = parsed.flatMap(({ value }) => value?.policies ?? []);
  const keys = parsed.flatMap(({ document, value }) =>
    (value?.keys ?? []).flatMap((key, index) => keyRecordOf(document, index, key, problems, files) ?? []),
  );
  const certificates = parsed.flatMap(({ value }) => value?.certificates ?? []);
  checkCertificates(parsed, problems);
  checkReferences(parsed, apis, problems);
  if (problems.length > 0) throw new ConfigurationError(problems.map(lineOf));
  const settings = parsed.map(({ value }) => value!.settings).at(-1)!;
  const body = { apis: apis.filter((api) => carriesTag(api, tags)), policies, keys, certificates, settings };
  const hash = createHash("sha256").update(canonicalJson(body)).digest("hex");
  return { configuration: { ...body, hash }, files: [...new Set(files)] };
}

function membersOfFile(path: readonly PropertyKey[]): string[] {
  return membersAt(writtenConfiguration, path);
}

function parseDocument(document: SourceDocument, problems: Problem[]) {
  const result = fileConfiguration.safeParse(document.value ?? {});
  if (result.success) return { value: result.data };
  for (const { path, message } of explainIssues(result.error.issues, membersOfFile))
    problems.push(document.problemAt(path, message));
  return { value: undefined };
}

/** An entry of `apis`: its settings, joined with its OpenAPI document; `x-causeway` in the document may be all of it. */
async function resolveEntry(
  source: SourceDocument,
  index: number,
  entry: Record<string, unknown>,
  problems: Problem[],
  files: string[],
): Promise<unknown> {
  const { openapi, ...own } = entry;
  let document: Record<string, unknown> | undefined;
  try {
    document = openapi === undefined ? undefined : await readDocument(openapi, source.folder, files);
  } catch (error) {
    problems.push(source.problemAt(["apis", index, "openapi"], messageOf(error)));
    return undefined;
  }
  const embedded = (document?.["x-causeway"] ?? {}) as Record<string, unknown>;
  const result = apiSettings.safeParse({ ...embedded, ...own });
  if (!result.success) {
    const knownHere = (path: readonly PropertyKey[]) => membersOfFile(["apis", index, ...path]);
    for (const { path, message } of explainIssues(result.error.issues, knownHere))
      problems.push(source.problemAt(["apis", index, ...path], message));
    return undefined;
  }
  const resolved = resolveApi(result.data, document);
  for (const problem of resolved.problems)
    problems.push(source.problemAt(["apis", index, ...problem.path.split(".")], problem.message));
  return JSON.parse(JSON.stringify(resolved.api));
}

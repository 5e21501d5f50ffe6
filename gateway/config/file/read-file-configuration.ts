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
import { fetchSecrets, ownSecrets, type FetchedSecrets } from "./fetch-secrets.ts";
import { loadSources, type SourceDocument } from "./load-sources.ts";
import { readDocument } from "./open-api-document.ts";
import { checkCertificates } from "./check-certificates.ts";
import { checkReferences } from "./check-references.ts";
import { checkSecrets } from "./check-secrets.ts";
import { ConfigurationError, lineOf } from "./configuration-error.ts";
import { keyRecordOf } from "./key-records.ts";
import type { Problem } from "./problem.ts";

export interface FileConfigurationResult {
  configuration: Omit<Configuration, "revision">;
  /** All files that the configuration was read from, documents and secrets among them: what has to be watched. */
  files: string[];
  /** A problem with what was read, found later: with an API, or with the whole. `path` is dotted, within it. */
  problemAt(api: string | null, path: string, message: string): Problem;
}

/** Reads a file or a folder, whole or not at all: throws `ConfigurationError` with every problem found. */
export async function readFileConfiguration(
  path: string,
  tags: readonly string[],
  secrets: FetchedSecrets = ownSecrets,
): Promise<FileConfigurationResult> {
  const { documents, problems, files } = loadSources(path);
  const parsed = documents.map((document) => ({ document, ...parseDocument(document, problems) }));
  await fetchSecrets(documents, secrets, problems);
  const apis: unknown[] = [];
  const places = new Map<string, { document: SourceDocument; path: PropertyKey[] }>();
  for (const { document, value } of parsed)
    for (const [index, entry] of (value?.apis ?? []).entries()) {
      const api = await resolveEntry(document, index, entry, problems, files);
      if (api === undefined) continue;
      apis.push(api);
      places.set((api as { id: string }).id, { document, path: ["apis", index] });
    }
  const policies = parsed.flatMap(({ value }) => value?.policies ?? []);
  const keys = parsed.flatMap(({ document, value }) =>
    (value?.keys ?? []).flatMap((key, index) => keyRecordOf(document, index, key, problems, files, secrets) ?? []),
  );
  const certificates = parsed.flatMap(({ value }) => value?.certificates ?? []);
  checkCertificates(parsed, problems, secrets);
  checkReferences(parsed, apis, problems);
  checkSecrets(parsed, problems);
  if (problems.length > 0) throw new ConfigurationError(problems.map(lineOf));
  const settings = parsed.map(({ value }) => value!.settings).at(-1)!;
  const own = apis.filter((api) => carriesTag(api, tags));
  const otherShards = apis.filter((api) => !own.includes(api)).map(idOf);
  const body = { apis: own, policies, keys, certificates, settings };
  const hash = createHash("sha256").update(canonicalJson(body)).digest("hex");
  const problemAt = (api: string | null, path: string, message: string): Problem => {
    const place = (api === null ? undefined : places.get(api)) ?? { document: documents.at(-1)!, path: [] };
    return place.document.problemAt([...place.path, ...partsOf(path)], message);
  };
  return { configuration: { ...body, hash, otherShards, onBadApi: "refuse" }, files: [...new Set(files)], problemAt };
}

/** `settings.listeners[0].port` as a path. */
function partsOf(dotted: string): PropertyKey[] {
  return (dotted.match(/[^.[\]]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function membersOfFile(path: readonly PropertyKey[]): string[] {
  return membersAt(writtenConfiguration, path);
}

/** Of an API that the contract's own parser resolved. */
function idOf(api: unknown): string {
  return (api as { id: string }).id;
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
  const documentAt = async (value: unknown, path: readonly PropertyKey[]) => {
    try {
      return await readDocument(value, source.folder, files);
    } catch (error) {
      const message = messageOf(error).replace(/\s*\n\s*/g, " ");
      problems.push(source.problemAt(["apis", index, ...path], message));
      return undefined;
    }
  };
  const document = openapi === undefined ? undefined : await documentAt(openapi, ["openapi"]);
  if (openapi !== undefined && document === undefined) return undefined;
  const embedded = (document?.["x-causeway"] ?? {}) as Record<string, unknown>;
  const result = apiSettings.safeParse({ ...embedded, ...own });
  if (!result.success) {
    const knownHere = (path: readonly PropertyKey[]) => membersOfFile(["apis", index, ...path]);
    for (const { path, message } of explainIssues(result.error.issues, knownHere))
      problems.push(source.problemAt(["apis", index, ...path], message));
    return undefined;
  }
  for (const [name, version] of Object.entries(result.data.versioning?.versions ?? {})) {
    if (version.openapi === undefined) continue;
    version.openapi = await documentAt(version.openapi, ["versioning", "versions", name, "openapi"]);
    if (version.openapi === undefined) return undefined;
  }
  const resolved = resolveApi(result.data, document);
  for (const problem of resolved.problems)
    problems.push(source.problemAt(["apis", index, ...problem.path.split(".")], problem.message));
  return JSON.parse(JSON.stringify(resolved.api));
}

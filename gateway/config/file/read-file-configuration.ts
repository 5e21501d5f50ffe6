import { createHash } from "node:crypto";
import { resolveApi } from "#contracts/api/resolved.ts";
import { explainIssues } from "#base/explain-issues.ts";
import { apiSettings, type ApiSettings } from "#contracts/api/definition.ts";
import { fileConfiguration, writtenConfiguration, type FileConfiguration } from "#contracts/config/file.ts";
import { membersAt } from "#contracts/walk-schema.ts";
import { canonicalJson } from "#base/canonical.ts";
import { messageOf } from "#base/errors.ts";
import type { Configuration } from "../configuration.ts";
import { carriesTag } from "../sharding.ts";
import type { ConfigurationPlace } from "./configuration-place.ts";
import { fetchSecrets, ownSecrets, type FetchedSecrets } from "./fetch-secrets.ts";
import { FileMemory } from "./file-memory.ts";
import { loadSources } from "./load-sources.ts";
import type { SourceDocument } from "./source-document.ts";
import { readDocument } from "./open-api-document.ts";
import { checkCertificates, checkTls } from "./check-certificates.ts";
import { checkReferences } from "./check-references.ts";
import { checkSecrets } from "./check-secrets.ts";
import { ConfigurationError, lineOf } from "./configuration-error.ts";
import { keyRecordsOf } from "./key-records.ts";
import { settingsOf } from "./settings-of.ts";
import type { Problem } from "./problem.ts";

export interface FileConfigurationResult {
  configuration: Omit<Configuration, "revision">;
  /** All files that the configuration was read from, documents and secrets among them: what has to be watched. */
  files: string[];
  /** A problem with what was read, found later: with an API, or with the whole. `path` is dotted, within it. */
  problemAt(api: string | null, path: string, message: string): Problem;
}

/** Reads what lies at a place, whole or not at all: throws `ConfigurationError` with every problem found. */
export async function readFileConfiguration(
  place: ConfigurationPlace,
  tags: readonly string[],
  secrets: FetchedSecrets = ownSecrets,
  memory: FileMemory = new FileMemory(),
): Promise<FileConfigurationResult> {
  const { documents, problems, files } = loadSources(place, memory);
  const parsed = documents.map((document) => ({
    document,
    value: memory.value(document, () => parseDocument(document, problems)),
  }));
  await fetchSecrets(documents, secrets, problems);
  const apis: object[] = [];
  const places = new Map<string, { document: SourceDocument; path: PropertyKey[] }>();
  for (const { document, value } of parsed)
    for (const [index, entry] of (value?.apis ?? []).entries()) {
      const api = await resolveEntry(document, index, entry, { problems, files, memory });
      if (api === undefined) continue;
      apis.push(api);
      places.set((api as { id: string }).id, { document, path: ["apis", index] });
    }
  const policies = parsed.flatMap(({ value }) => value?.policies ?? []);
  const keys = keyRecordsOf(parsed, problems, files, secrets);
  const certificates = parsed.flatMap(({ value }) => value?.certificates ?? []);
  checkCertificates(parsed, problems, secrets);
  checkTls(parsed, problems);
  checkReferences(parsed, apis, problems);
  checkSecrets(parsed, problems);
  const settings = settingsOf(parsed, problems)!;
  memory.turn(problems.length === 0);
  if (problems.length > 0) throw new ConfigurationError(problems.map(lineOf));
  const own = apis.filter((api) => carriesTag(api, tags));
  const otherShards = apis.filter((api) => !carriesTag(api, tags)).map(idOf);
  const body = { apis: own, policies, keys, certificates, settings };
  const digests = own.map((api) => memory.digest(api));
  const hash = createHash("sha256")
    .update(canonicalJson({ ...body, apis: digests }))
    .digest("hex");
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

function parseDocument(document: SourceDocument, problems: Problem[]): FileConfiguration | undefined {
  const result = fileConfiguration.safeParse(document.value ?? {});
  if (result.success) return result.data;
  for (const { path, message } of explainIssues(result.error.issues, membersOfFile))
    problems.push(document.problemAt(path, message));
  return restOf(document.value, result.error.issues);
}

/** The members in which nothing is wrong: what else is wrong is found in them at once, and not at the next try. */
function restOf(value: unknown, issues: readonly { path: PropertyKey[] }[]): FileConfiguration | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const wrong = new Set(issues.map(({ path }) => path[0]));
  const known = Object.entries(value).filter(([name]) => name in fileConfiguration.shape && !wrong.has(name));
  return fileConfiguration.safeParse(Object.fromEntries(known)).data;
}

interface Reading {
  problems: Problem[];
  files: string[];
  memory: FileMemory;
}

/** An entry of `apis`: its settings, joined with its OpenAPI document; `x-causeway` in the document may be all of it. */
async function resolveEntry(
  source: SourceDocument,
  index: number,
  entry: Record<string, unknown>,
  { problems, files, memory }: Reading,
): Promise<object | undefined> {
  const { openapi, ...own } = entry;
  const report = (path: readonly PropertyKey[], message: string) =>
    void problems.push(source.problemAt(["apis", index, ...path], message));
  const documentAt = async (value: unknown, path: readonly PropertyKey[]) => {
    try {
      return await readDocument(value, source.folder, files, memory);
    } catch (error) {
      report(path, messageOf(error).replace(/\s*\n\s*/g, " "));
      return undefined;
    }
  };
  const document = openapi === undefined ? undefined : await documentAt(openapi, ["openapi"]);
  if (openapi !== undefined && document === undefined) return undefined;
  const written = { ...(document?.["x-causeway"] as object | undefined), ...own };
  // Versions may have documents of their own, which the entry's text does not tell of.
  if ("versioning" in written) {
    const settings = parseEntry(written, index, report);
    if (!settings || !(await readVersions(settings, documentAt))) return undefined;
    return joinEntry(settings, document, report);
  }
  return memory.api(entry, typeof openapi === "string" ? document : null, () => {
    const before = problems.length;
    const settings = parseEntry(written, index, report);
    const api = settings && joinEntry(settings, document, report);
    return { api, isGood: problems.length === before };
  });
}

type Report = (path: readonly PropertyKey[], message: string) => void;

function parseEntry(written: object, index: number, report: Report): ApiSettings | undefined {
  const result = apiSettings.safeParse(written);
  if (result.success) return result.data;
  const knownHere = (path: readonly PropertyKey[]) => membersOfFile(["apis", index, ...path]);
  for (const { path, message } of explainIssues(result.error.issues, knownHere)) report(path, message);
  return undefined;
}

/** Puts the documents of versions in the place of their names. False: one could not be read. */
async function readVersions(
  { versioning }: ApiSettings,
  documentAt: (value: unknown, path: readonly PropertyKey[]) => Promise<Record<string, unknown> | undefined>,
): Promise<boolean> {
  for (const [name, version] of Object.entries(versioning?.versions ?? {})) {
    if (version.openapi === undefined) continue;
    version.openapi = await documentAt(version.openapi, ["versioning", "versions", name, "openapi"]);
    if (version.openapi === undefined) return false;
  }
  return true;
}

function joinEntry(settings: ApiSettings, document: unknown, report: Report): object {
  const { api, problems } = resolveApi(settings, document);
  for (const { path, message } of problems) report(path.split("."), message);
  // As it travels, without members that are undefined.
  return JSON.parse(JSON.stringify(api)) as object;
}

import type { Auth } from "#contracts/api/auth.ts";
import { policiesOfAuth } from "#contracts/api/auth-policies.ts";
import type { FileConfiguration } from "#contracts/config/file.ts";
import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

interface Part {
  document: SourceDocument;
  value: FileConfiguration | undefined;
}
interface Behaviour {
  upstream: { targets: { url: string }[] };
  operations: { id: string }[];
  auth: Auth;
}
interface ApiLike extends Behaviour {
  id: string;
  state: string;
  listen: { host?: string; path: string; internal: boolean };
  versioning?: { versions: Record<string, Partial<Behaviour>> };
}

/** What no schema of one entry can see: ids that are taken, references that lead nowhere, places claimed twice. */
export function checkReferences(parts: readonly Part[], resolved: readonly unknown[], problems: Problem[]): void {
  // Resolved a moment ago by the contract's own parser.
  const apis = new Map((resolved as ApiLike[]).map((api) => [api.id, api]));
  // Those that did not parse are declared all the same: their own error is enough. Some have their id in the document.
  const declared = new Set([...apis.keys(), ...idsWritten(parts, "apis")]);
  const policies = new Set(idsWritten(parts, "policies"));
  for (const kind of ["apis", "policies", "keys", "certificates"] as const) reportDuplicates(parts, kind, problems);
  reportPlaces(parts, apis, problems);
  reportTargets(parts, apis, declared, problems);
  for (const { document, value } of parts) {
    const report = (path: PropertyKey[], message: string) => problems.push(document.problemAt(path, message));
    for (const [index, entry] of (value?.apis ?? []).entries())
      for (const { id, path } of policiesInAuth(entry, apis))
        if (!policies.has(id)) report(["apis", index, ...path], `no policy is called ${id}; known: ${list(policies)}`);
    for (const [index, policy] of (value?.policies ?? []).entries())
      reportAccess(["policies", index, "apis"], policy.apis, report);
    for (const [index, key] of (value?.keys ?? []).entries()) {
      reportAccess(["keys", index, "apis"], key.apis, report);
      for (const [at, id] of key.policies.entries())
        if (!policies.has(id))
          report(["keys", index, "policies", at], `no policy is called ${id}; known: ${list(policies)}`);
    }
  }

  function reportAccess(
    path: PropertyKey[],
    access: Record<string, { operations?: string[] | undefined }>,
    report: (path: PropertyKey[], message: string) => void,
  ): void {
    for (const [id, grant] of Object.entries(access)) {
      if (!declared.has(id)) report([...path, id], `no API is called ${id}; known: ${list(declared)}`);
      const known = new Set(partsOf(apis.get(id)).flatMap(({ operations = [] }) => operations.map(({ id }) => id)));
      if (!apis.has(id)) continue;
      for (const [at, name] of (grant.operations ?? []).entries())
        if (!known.has(name))
          report([...path, id, "operations", at], `${id} has no operation ${name}; known: ${list(known)}`);
    }
  }
}

function idsWritten(parts: readonly Part[], kind: "apis" | "policies"): string[] {
  return parts.flatMap(({ document }) => {
    const entries = memberAt(document.value, [kind]);
    if (!Array.isArray(entries)) return [];
    return entries.map((entry) => memberAt(entry, ["id"])).filter((id) => typeof id === "string");
  });
}

/** An API and its versions, each with where it stands in its entry. */
function partsOf(api: ApiLike | undefined): (Partial<Behaviour> & { at: PropertyKey[] })[] {
  if (!api) return [];
  const versions = Object.entries(api.versioning?.versions ?? {});
  return [
    { ...api, at: [] },
    ...versions.map(([name, version]) => ({ ...version, at: ["versioning", "versions", name] })),
  ];
}

/** With paths as they were written: one alternative may stand without its list. */
function policiesInAuth(
  entry: Record<string, unknown>,
  apis: ReadonlyMap<string, ApiLike>,
): { id: string; path: PropertyKey[] }[] {
  return partsOf(apis.get(entry.id as string)).flatMap(({ at, auth = { anyOf: [] } }) => {
    const written = memberAt(entry, [...at, "auth"]);
    const isShort = typeof written === "object" && written !== null && !("anyOf" in written);
    return policiesOfAuth(auth).map(({ id, path }) => ({ id, path: [...at, "auth", ...path.slice(isShort ? 2 : 0)] }));
  });
}

function memberAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[part],
    value,
  );
}

function reportDuplicates(
  parts: readonly Part[],
  kind: "apis" | "policies" | "keys" | "certificates",
  problems: Problem[],
): void {
  const seen = new Map<string, string>();
  for (const { document, value } of parts)
    for (const [index, entry] of (value?.[kind] ?? []).entries()) {
      const { id } = entry as { id?: unknown };
      if (typeof id !== "string") continue;
      const before = seen.get(id);
      if (before) problems.push(document.problemAt([kind, index, "id"], `${id} is taken already, in ${before}`));
      seen.set(id, document.file);
    }
}

/** `causeway://` of an API that is not there. */
function reportTargets(
  parts: readonly Part[],
  apis: ReadonlyMap<string, ApiLike>,
  declared: ReadonlySet<string>,
  problems: Problem[],
): void {
  for (const { document, value } of parts)
    for (const [index, entry] of (value?.apis ?? []).entries())
      for (const { at, upstream } of partsOf(apis.get(entry.id as string)))
        for (const { url } of upstream?.targets ?? []) {
          const called = /^causeway:\/\/([^/]+)/.exec(url)?.[1];
          const path = ["apis", index, ...at, "upstream"];
          if (called !== undefined && !declared.has(called))
            problems.push(document.problemAt(path, `no API is called ${called}; known: ${list(declared)}`));
        }
}

function reportPlaces(parts: readonly Part[], apis: ReadonlyMap<string, ApiLike>, problems: Problem[]): void {
  const taken = new Map<string, string>();
  for (const { document, value } of parts)
    for (const [index, entry] of (value?.apis ?? []).entries()) {
      const api = apis.get(entry.id as string);
      if (!api || api.state === "inactive" || api.listen.internal) continue;
      const place = `${api.listen.host ?? ""}${api.listen.path}`;
      const before = taken.get(place);
      if (before) problems.push(document.problemAt(["apis", index, "listen"], `${place} is taken by ${before}`));
      else taken.set(place, api.id);
    }
}

function list(names: ReadonlySet<string>): string {
  return names.size > 0 ? [...names].slice(0, 8).join(", ") : "none";
}

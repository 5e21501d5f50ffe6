import { resolvedApi, type ResolvedApi } from "#contracts/api/resolved.ts";
import type { Quarantined } from "#contracts/revision/snapshot.ts";
import { explainIssues } from "#base/explain-issues.ts";
import { messageOf } from "#base/errors.ts";
import { compileApi, type CompileDeps } from "#gateway/pipeline/index.ts";
import { buildRoutes } from "#gateway/serve/index.ts";
import type { Configuration, ParsedConfiguration } from "./configuration.ts";

export interface Prepared {
  parsed: ParsedConfiguration;
  /** Text of each API by id: an API whose text did not change is neither parsed nor compiled again. */
  known: Map<string, KnownApi>;
}

interface KnownApi {
  input: unknown;
  text: string;
  api: ResolvedApi;
}

/**
 * Parses and compiles a whole configuration without touching what is served. An API that cannot be parsed, compiled or
 * placed is quarantined under its name, and the others go on.
 */
export function prepare(configuration: Configuration, before: Prepared | undefined, deps: CompileDeps): Prepared {
  const known: Prepared["known"] = new Map();
  const quarantined: Quarantined[] = [];
  const apis: ResolvedApi[] = [];
  for (const [index, input] of configuration.apis.entries()) {
    const entity = nameOf(input, index);
    const same = before?.known.get(entity);
    // A source that remembers gives the same object; one that does not, the same text.
    const text = same && same.input === input ? same.text : JSON.stringify(input);
    const api = same?.text === text ? same.api : tryParse(entity, input, deps, quarantined);
    if (!api) continue;
    if (known.has(entity)) {
      quarantined.push({ entity, reason: "another API has this id" });
      continue;
    }
    known.set(entity, { input, text, api });
    apis.push(api);
  }
  const placed = withoutClashes(apis, quarantined);
  const { revision, hash, policies, certificates, settings } = configuration;
  return { parsed: { revision, hash, apis: placed, policies, certificates, settings, quarantined }, known };
}

function tryParse(
  entity: string,
  input: unknown,
  deps: CompileDeps,
  quarantined: Quarantined[],
): ResolvedApi | undefined {
  const result = resolvedApi.safeParse(input);
  if (!result.success) {
    const reason = explainIssues(result.error.issues)
      .map(({ path, message }) => `${path.map(String).join(".")}: ${message}`)
      .join("; ");
    quarantined.push({ entity, reason: reason.slice(0, 1_000) });
    return undefined;
  }
  try {
    compileApi(result.data, deps);
    return result.data;
  } catch (error) {
    quarantined.push({ entity, reason: messageOf(error) });
    return undefined;
  }
}

/** The same rule as the one that serves, asked in advance: see buildRoutes. */
function withoutClashes(apis: readonly ResolvedApi[], quarantined: Quarantined[]): ResolvedApi[] {
  // Only definition and id are read for placing; compiling 10,000 unchanged APIs again would be the cost of the reload.
  const stubs = apis.map(
    (definition) => ({ id: definition.id, definition }) as Parameters<typeof buildRoutes>[0][number],
  );
  const clashes = buildRoutes(stubs, 0).quarantined;
  quarantined.push(...clashes);
  const refused = new Set(clashes.map(({ entity }) => entity));
  return apis.filter((api) => !refused.has(api.id));
}

function nameOf(input: unknown, index: number): string {
  const id = (input as { id?: unknown } | null)?.id;
  return typeof id === "string" ? id : `apis[${index}]`;
}

import type { ResolvedApi, ResolvedOperation } from "#contracts/api/resolved.ts";
import { versionsOf, type ApiVersion } from "#contracts/api/versions-of.ts";
import { messageOf } from "#base/errors.ts";
import { OperationRouter } from "#gateway/route/index.ts";
import type { Balancer } from "#gateway/upstream/index.ts";
import { compileVersions, type ChooseVersion } from "./compile-versions.ts";
import type { Exchange } from "./exchange.ts";
import { phases, type AnyPlugin, type Phase, type PluginDeps, type ReplyStep, type StepResult } from "./plugin.ts";
import { reject, type Reply } from "./reply.ts";

type ExchangeStep = (exchange: Exchange) => StepResult;

/** All that was decided at load for one operation, or for the rest of an API. */
export interface Plan {
  api: CompiledApi;
  operation: string | null;
  /** admit … answer, in order. */
  steps: readonly ExchangeStep[];
  /** Null where nothing changes a response. */
  respond: readonly ExchangeStep[] | null;
  /** Null where nothing changes the gateway's own answers. */
  replies: readonly ReplyStep[] | null;
  balancer: Balancer;
  headersTimeoutMs: number;
  idleTimeoutMs: number;
  /** Undefined: no bound. */
  totalTimeoutMs: number | undefined;
}

export interface CompiledApi {
  id: string;
  definition: ResolvedApi;
  listenPath: string;
  /** Null: the API has no versions, or this is what stands before them. */
  version: string | null;
  /** Chooses the version that serves; null where there are none. */
  choose: ChooseVersion | null;
  strip: boolean;
  fallback: Plan;
  /** Null where the API has no document. */
  operations: OperationRouter<Plan> | null;
  /** Whether the API answers CORS preflights: they are routed as the request that they ask for. */
  hasPreflights: boolean;
  /** Answers a path that no operation describes; null where such paths are passed on. */
  unknownOperation: Reply | null;
}

export interface CompileDeps extends Omit<PluginDeps, "operation" | "version"> {
  plugins: readonly AnyPlugin[];
  /** Asked for the rest of the API first, then for its operations. */
  balancerFor(api: ResolvedApi, operation: ResolvedOperation | undefined, version: ApiVersion | undefined): Balancer;
}

/** Turns an API into its plans. Throws, with a message that names the setting, when a plugin cannot use it. */
export function compileApi(definition: ResolvedApi, deps: CompileDeps): CompiledApi {
  const { versioning } = definition;
  if (versioning === undefined) return compileOne(definition, undefined, deps);
  // It serves nothing itself: what it says is how calls are refused that name no version.
  const api = compileOne(definition, undefined, deps, []);
  const versions = versionsOf(definition).map((version) => ({ version, api: compileVersion(version, deps) }));
  api.choose = compileVersions({ listenPath: api.listenPath, versioning }, versions);
  return api;
}

function compileVersion(version: ApiVersion, deps: CompileDeps): CompiledApi {
  try {
    return compileOne(version.definition, version, deps);
  } catch (error) {
    throw new Error(`versioning.versions.${version.name}.${messageOf(error)}`, { cause: error });
  }
}

function compileOne(
  definition: ResolvedApi,
  version: ApiVersion | undefined,
  deps: CompileDeps,
  operations: readonly ResolvedOperation[] = definition.operations,
): CompiledApi {
  const api: CompiledApi = {
    id: definition.id,
    definition,
    listenPath: definition.listen.path === "/" ? "" : definition.listen.path,
    version: version?.name ?? null,
    choose: null,
    strip: definition.listen.strip,
    // Set two lines below: plan and API point at each other.
    fallback: undefined as unknown as Plan,
    operations: operations.length > 0 ? new OperationRouter() : null,
    hasPreflights: [definition, ...definition.operations].some(({ cors }) => cors !== undefined && cors !== false),
    unknownOperation: definition.strictOperations
      ? reject(404, "operation_not_found", "No operation of this API has this path.")
      : null,
  };
  api.fallback = planFor(api, { operation: undefined, version }, deps);
  for (const operation of operations)
    api.operations!.add(operation.method, operation.path, planFor(api, { operation, version }, deps));
  for (const { method, path } of deps.plugins.flatMap((plugin) => plugin.paths?.(definition) ?? []))
    api.operations?.add(method, path, api.fallback);
  return api;
}

function planFor(
  api: CompiledApi,
  place: { operation: ResolvedOperation | undefined; version: ApiVersion | undefined },
  deps: CompileDeps,
): Plan {
  const { operation, version } = place;
  const timeouts = operation?.timeouts ?? api.definition.upstream.timeouts;
  const stepsOf = (wanted: readonly Phase[]) => stepsFor(wanted, api.definition, { ...deps, ...place }, deps.plugins);
  const respond = stepsOf(["respond"]);
  return {
    api,
    operation: operation?.id ?? null,
    steps: Object.freeze(stepsOf(phases.slice(0, phases.indexOf("respond")))),
    respond: respond.length > 0 ? Object.freeze(respond) : null,
    replies: compileReplies(api.definition, { ...deps, ...place }, deps.plugins),
    balancer: deps.balancerFor(api.definition, operation, version),
    headersTimeoutMs: timeouts.headersMs,
    idleTimeoutMs: timeouts.idleMs,
    totalTimeoutMs: timeouts.totalMs,
  };
}

/** What changes the gateway's own answers; `api` is empty where none was found. */
export function compileReplies(
  api: ResolvedApi | Record<string, never>,
  deps: PluginDeps,
  plugins: readonly AnyPlugin[],
): readonly ReplyStep[] | null {
  const steps = plugins.flatMap((plugin) => plugin.reply?.(api, deps) ?? []);
  return steps.length > 0 ? Object.freeze(steps) : null;
}

function stepsFor(wanted: readonly Phase[], api: ResolvedApi, deps: PluginDeps, plugins: readonly AnyPlugin[]) {
  return wanted.flatMap((phase) =>
    plugins
      .filter((plugin) => plugin.phase === phase)
      .map((plugin) => plugin.compile(api, deps))
      .filter((step) => step !== undefined),
  );
}

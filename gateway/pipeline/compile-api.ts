import type { ResolvedApi, ResolvedOperation } from "#contracts/api/resolved.ts";
import { OperationRouter } from "#gateway/route/index.ts";
import type { Balancer } from "#gateway/upstream/index.ts";
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
  strip: boolean;
  fallback: Plan;
  /** Null where the API has no document. */
  operations: OperationRouter<Plan> | null;
  /** Whether the API answers CORS preflights: they are routed as the request that they ask for. */
  hasPreflights: boolean;
  /** Answers a path that no operation describes; null where such paths are passed on. */
  unknownOperation: Reply | null;
}

export interface CompileDeps extends Omit<PluginDeps, "operation"> {
  plugins: readonly AnyPlugin[];
  /** Asked for the rest of the API first, then for its operations. */
  balancerFor(api: ResolvedApi, operation: ResolvedOperation | undefined): Balancer;
}

/** Turns an API into its plans. Throws, with a message that names the setting, when a plugin cannot use it. */
export function compileApi(definition: ResolvedApi, deps: CompileDeps): CompiledApi {
  const api: CompiledApi = {
    id: definition.id,
    definition,
    listenPath: definition.listen.path === "/" ? "" : definition.listen.path,
    strip: definition.listen.strip,
    // Set two lines below: plan and API point at each other.
    fallback: undefined as unknown as Plan,
    operations: definition.operations.length > 0 ? new OperationRouter() : null,
    hasPreflights: [definition, ...definition.operations].some(({ cors }) => cors !== undefined && cors !== false),
    unknownOperation: definition.strictOperations
      ? reject(404, "operation_not_found", "No operation of this API has this path.")
      : null,
  };
  api.fallback = planFor(api, undefined, deps);
  for (const operation of definition.operations)
    api.operations!.add(operation.method, operation.path, planFor(api, operation, deps));
  for (const { method, path } of deps.plugins.flatMap((plugin) => plugin.paths?.(definition) ?? []))
    api.operations?.add(method, path, api.fallback);
  return api;
}

function planFor(api: CompiledApi, operation: ResolvedOperation | undefined, deps: CompileDeps): Plan {
  const timeouts = operation?.timeouts ?? api.definition.upstream.timeouts;
  const stepsOf = (wanted: readonly Phase[]) => stepsFor(wanted, api.definition, { ...deps, operation }, deps.plugins);
  const respond = stepsOf(["respond"]);
  return {
    api,
    operation: operation?.id ?? null,
    steps: Object.freeze(stepsOf(phases.slice(0, phases.indexOf("respond")))),
    respond: respond.length > 0 ? Object.freeze(respond) : null,
    replies: compileReplies(api.definition, { ...deps, operation }, deps.plugins),
    balancer: deps.balancerFor(api.definition, operation),
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

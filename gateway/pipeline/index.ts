/**
 * Pipeline: eight phases, compiled at load into one frozen flat array of steps per API and per operation that differs.
 * The runner walks the array and waits only for real promises. It must not know any plugin, any configuration source or
 * how an upstream is reached; it must not allocate per request what could be decided at load.
 */
export {
  Exchange,
  type Admitted,
  type Connection,
  type ExchangeTrace,
  type Underway,
  type Identified,
  type Responding,
} from "./exchange.ts";
export { isGrpc } from "./grpc.ts";
export { withEdit, type HeaderEdit } from "./header-edit.ts";
export {
  definePlugin,
  type AnyPlugin,
  type Phase,
  type PluginDeps,
  type Recorder,
  type ReplyStep,
  type Step,
  type StepResult,
} from "./plugin.ts";
export { reject, problemReply, type Reply } from "./reply.ts";
export { compileApi, compileReplies, type CompileDeps, type CompiledApi, type Plan } from "./compile-api.ts";
export { versionFields } from "./version-fields.ts";
export { runSteps, type Conclude } from "./run.ts";

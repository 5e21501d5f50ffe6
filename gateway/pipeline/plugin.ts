import type { Recording } from "#contracts/api/recording.ts";
import type { ResolvedApi, ResolvedOperation } from "#contracts/api/resolved.ts";
import type { ApiVersion } from "#contracts/api/versions-of.ts";
import type { GatewaySettings } from "#contracts/config/file.ts";
import type { Identities } from "#gateway/identity/index.ts";
import type { LimitBook } from "#gateway/limit/index.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { SessionSource } from "#gateway/session/index.ts";
import type { Admitted, Exchange, Identified, Responding } from "./exchange.ts";
import type { Reply } from "./reply.ts";

/** The order of phases is the only priority there is. */
export const phases = ["admit", "authenticate", "authorize", "limit", "shape", "answer", "respond", "record"] as const;
export type Phase = (typeof phases)[number];

/** `authenticate` alone may set the principal; the phases after it may read it. */
interface ExchangeOf {
  admit: Admitted;
  authenticate: Exchange;
  authorize: Identified;
  limit: Identified;
  shape: Identified;
  answer: Identified;
  respond: Responding;
  record: Responding;
}

/** Nothing: go on. A reply: the exchange ends with it. A promise only where the step truly waits. */
export type StepResult = Reply | undefined | Promise<Reply | undefined>;
/** A respond step runs between two chunks of a stream: it changes the head in place and never waits. */
export type Step<P extends Phase = Phase> = (exchange: ExchangeOf[P]) => P extends "respond" ? undefined : StepResult;

/** Changes an answer that the gateway itself gives, wherever in the pipeline it came from. It never waits. */
export type ReplyStep = (exchange: Exchange, reply: Reply) => Reply;

/** Writes whole exchanges down, where a node has a place for them. */
export interface Recorder {
  /** From this step on an exchange is recorded. Undefined: none ever is. */
  stepFor(wanted: Recording, auth: ResolvedApi["auth"]): Step<"admit"> | undefined;
}

export interface PluginDeps {
  operation: ResolvedOperation | undefined;
  /** What is compiled is this version of the API; undefined where it has none. */
  version: ApiVersion | undefined;
  settings: GatewaySettings;
  sessions: SessionSource;
  limits: LimitBook;
  secrets: Secrets;
  identity: Identities;
  recorder: Recorder;
}

export interface OwnPath {
  method: string;
  path: string;
}

/**
 * A plugin names the members of a resolved API that it reads (`config`; the contract parsed them before they come here) and
 * turns them into a step at load; `undefined` means that this API does not need it.
 */
export interface Plugin<P extends Phase, Member extends keyof ResolvedApi> {
  name: string;
  phase: P;
  config: readonly Member[];
  compile(config: Pick<ResolvedApi, Member>, deps: PluginDeps): Step<P> | undefined;
  /** Paths that the plugin itself answers, below the listen path: they are there whatever the API's document says. */
  paths?(config: Pick<ResolvedApi, Member>): readonly OwnPath[];
  /**
   * What becomes of the gateway's own answers. Where no API was found the config is empty: the members that it reads are
   * optional ones.
   */
  reply?(config: Partial<Pick<ResolvedApi, Member>>, deps: PluginDeps): ReplyStep | undefined;
}

export interface AnyPlugin {
  name: string;
  phase: Phase;
  compile(config: unknown, deps: PluginDeps): ((exchange: Exchange) => StepResult) | undefined;
  paths?(config: unknown): readonly OwnPath[];
  reply?(config: object, deps: PluginDeps): ReplyStep | undefined;
}

export function definePlugin<P extends Phase, const Member extends keyof ResolvedApi>(
  plugin: Plugin<P, Member>,
): AnyPlugin {
  // A step of a phase sees a narrowed view of Exchange, and the compiler passes the API that the contract parsed: both
  // are wider than what the plugin asks for, which the erased type cannot say.
  return Object.freeze(plugin);
}

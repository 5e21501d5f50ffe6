import type { Exchange } from "#gateway/pipeline/index.ts";
import type { Session } from "#gateway/session/index.ts";
import type { Refusal } from "./refusal.ts";

/** A caller, or why there is none. */
export type Outcome = Session | Refusal;

/** One way to say who calls, compiled for one API. */
export interface Method {
  /** Whether what it finds is a key: among several methods the key's limits are those that count. */
  isKey: boolean;
  /** What it answers where its credential is not there. */
  missing: Refusal;
  /** Takes the credential off what goes upstream once it was found good. */
  identify(exchange: Exchange): Outcome | Promise<Outcome>;
}

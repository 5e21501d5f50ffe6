import { hostname } from "node:os";
import { join } from "node:path";
import { backoffMs } from "#base/backoff.ts";
import { systemClock } from "#base/clock.ts";
import type { Logger } from "#base/log.ts";
import { messageOf } from "#base/errors.ts";
import type { Secret } from "#base/secret.ts";
import { enrolResponse, type EnrolResponse } from "#contracts/link/enrolment.ts";
import { UsageError } from "#gateway/usage-error.ts";
import { CAPABILITIES, GATEWAY_VERSION } from "#gateway/version.ts";
import { ConsoleRefusal, ConsoleUnavailable, type ConsoleClient } from "./console-client.ts";
import type { Identity } from "./identity.ts";
import { SealedFile } from "./sealed-file.ts";

export interface CredentialsOptions {
  folder: string;
  identity: Identity;
  console: ConsoleClient;
  token: Secret | undefined;
  tags: readonly string[];
  log: Logger;
  signal: AbortSignal;
}

/** A node credential lives a day; at two thirds of it a new one is fetched, so that a day's outage costs nothing. */
const RENEW_AT = 2 / 3;

/** Where this node stands with the console: enrolled once, renewed by its own key, told when it was retired. */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #file: SealedFile<EnrolResponse>;
  #held: EnrolResponse | undefined;
  #renewAtMs = 0;

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#file = new SealedFile(join(options.folder, "credential"), options.identity.sealingKey, enrolResponse);
    this.#held = this.#file.read(options.log);
    if (this.#held) this.#renewAtMs = renewTimeOf(this.#held, systemClock.now());
  }

  /** What the console answered last; undefined before the first enrolment. */
  get held(): EnrolResponse | undefined {
    return this.#held;
  }

  /** Milliseconds until a new one should be fetched. */
  dueInMs(): number {
    return Math.max(0, this.#renewAtMs - systemClock.now());
  }

  /** Enrols with the token. Waits while the console cannot be reached; a refusal is a `UsageError` with its sentence. */
  async enrol(): Promise<EnrolResponse> {
    const { token, identity, tags, console } = this.#options;
    if (!token) throw new UsageError("CAUSEWAY_TOKEN: this node was never enrolled: give an enrolment token");
    const request = { token: token.reveal(), publicKey: identity.publicKey, hostname: hostname(), tags: [...tags] };
    return this.#obtain(() =>
      console.enrol({ ...request, version: GATEWAY_VERSION, capabilities: [...CAPABILITIES] }),
    ).catch((error: unknown) => {
      throw error instanceof ConsoleRefusal ? new UsageError(`CAUSEWAY_TOKEN: ${error.message}`) : error;
    });
  }

  /** A new credential by the node's own key; throws `ConsoleRefusal` when the node is known no more. */
  async renew(): Promise<EnrolResponse> {
    const { identity, console, token, log } = this.#options;
    const { node } = this.#held!;
    try {
      return await this.#obtain(() => console.renew(node, identity));
    } catch (error) {
      if (!(error instanceof ConsoleRefusal) || error.status === 410 || !token) throw error;
      log.warn(`the console does not know node ${node} any more (${error.message}); enrolling again with the token`);
      return this.enrol();
    }
  }

  async #obtain(ask: () => Promise<EnrolResponse>): Promise<EnrolResponse> {
    const { log, signal } = this.#options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return this.#keep(await ask());
      } catch (error) {
        if (!(error instanceof ConsoleUnavailable)) throw error;
        const waitMs = error.retryAfterMs ?? 100 + backoffMs(attempt, { baseMs: 500, maxMs: 15_000 });
        log.warn({ waitMs }, `${messageOf(error)}; trying again`);
        await systemClock.sleep(waitMs, signal);
      }
    }
  }

  #keep(answer: EnrolResponse): EnrolResponse {
    this.#held = answer;
    this.#renewAtMs = renewTimeOf(answer, systemClock.now());
    this.#file.write(answer, this.#options.log);
    return answer;
  }
}

/** By the time that is left and not by its date: a clock that is off still renews in time. */
function renewTimeOf({ credentialExpiresAtMs }: EnrolResponse, nowMs: number): number {
  return nowMs + Math.max(0, credentialExpiresAtMs - nowMs) * RENEW_AT;
}

import type { ResolvedApi } from "#contracts/api/resolved.ts";
import type { Quarantined } from "#contracts/revision/snapshot.ts";
import { compileApi, compileReplies, type CompiledApi, type Recorder } from "#gateway/pipeline/index.ts";
import { plugins } from "#gateway/plugins/index.ts";
import { buildRoutes, type Routes } from "#gateway/serve/index.ts";
import type { Identities } from "#gateway/identity/index.ts";
import type { LimitBook } from "#gateway/limit/index.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { SessionBook } from "#gateway/session/index.ts";
import { chaptersOf, type TargetBook } from "#gateway/upstream/index.ts";
import type { ToWorker } from "./messages.ts";

type Configure = Extract<ToWorker, { type: "configure" }>;

/** A worker's compiled APIs. What did not change is not compiled again, so that one API of many costs one API. */
export class Loader {
  readonly #limits: LimitBook;
  readonly #sessions: SessionBook;
  readonly #targets: TargetBook;
  readonly #identity: Identities;
  readonly #secrets: Secrets;
  readonly #recorder: Recorder;
  #definitions = new Map<string, ResolvedApi>();
  #compiled = new Map<string, CompiledApi>();
  #settings = "";
  #policies = "";

  constructor(
    limits: LimitBook,
    sessions: SessionBook,
    targets: TargetBook,
    identity: Identities,
    secrets: Secrets,
    recorder: Recorder,
  ) {
    this.#limits = limits;
    this.#sessions = sessions;
    this.#targets = targets;
    this.#identity = identity;
    this.#secrets = secrets;
    this.#recorder = recorder;
  }

  load({ order, changed, policies, settings }: Configure): { routes: Routes; quarantined: Quarantined[] } {
    for (const api of changed) {
      this.#definitions.set(api.id, api);
      this.#compiled.delete(api.id);
    }
    this.#keepOnly(new Set(order));
    const settingsText = JSON.stringify(settings);
    if (settingsText !== this.#settings) this.#compiled.clear();
    this.#settings = settingsText;
    this.#limits.exact = settings.limiter === "exact";
    const deps = {
      plugins,
      settings,
      sessions: this.#sessions,
      limits: this.#limits,
      secrets: this.#secrets,
      identity: this.#identity,
      recorder: this.#recorder,
      balancerFor: this.#targets.balancerFor.bind(this.#targets),
    };
    for (const id of order)
      if (!this.#compiled.has(id)) this.#compiled.set(id, compileApi(this.#definitions.get(id)!, deps));
    this.#usePolicies(policies);
    this.#targets.retain(new Set(order.flatMap((id) => chaptersOf(this.#definitions.get(id)!))));
    return buildRoutes(
      order.map((id) => this.#compiled.get(id)!),
      settings.maxRequestBodyBytes,
      compileReplies({}, { ...deps, operation: undefined, version: undefined }, plugins),
    );
  }

  #keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#definitions.keys())
      if (!ids.has(id)) {
        this.#definitions.delete(id);
        this.#compiled.delete(id);
      }
  }

  /** Sessions are compiled again only when a policy changed, not at every API's edit. */
  #usePolicies(policies: Configure["policies"]): void {
    const text = JSON.stringify(policies);
    if (text === this.#policies) return;
    this.#policies = text;
    this.#sessions.usePolicies(new Map(policies.map((policy) => [policy.id, policy])));
  }
}

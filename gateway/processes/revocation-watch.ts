import type { ResolvedApi } from "#contracts/api/resolved.ts";
import { versionsOf } from "#contracts/api/versions-of.ts";
import type { MtlsAuth } from "#contracts/api/proof-auth.ts";
import { messageOf } from "#base/errors.ts";
import type { Logger } from "#base/log.ts";
import { readAuthorities, readRevocationLists } from "#gateway/identity/index.ts";
import type { Secrets } from "#gateway/secrets/index.ts";

const DAY_MS = 86_400_000;

/** How long a revocation list is good for; below 0: a newer one is overdue. */
export interface ListDays {
  api: string;
  list: string;
  daysLeft: number;
}

/** Looks at the revocation lists that workers refuse certificates by, and says once of each what is wrong with it. */
export class RevocationWatch {
  readonly #secrets: Secrets;
  readonly #log: Pick<Logger, "warn" | "error">;
  /** What was said of lists that are not well, by API and list. */
  #said = new Map<string, string>();

  constructor(secrets: Secrets, log: Pick<Logger, "warn" | "error">) {
    this.#secrets = secrets;
    this.#log = log;
  }

  /** All lists of these APIs that can be read now. */
  look(apis: readonly ResolvedApi[], nowMs: number): ListDays[] {
    const before = this.#said;
    this.#said = new Map();
    return apis.flatMap((api) =>
      certificateMethodsOf(api).flatMap((mtls) =>
        (mtls.crl ?? []).flatMap((entry, index) => this.#lookAt({ api: api.id, mtls, entry, index }, nowMs, before)),
      ),
    );
  }

  #lookAt({ api, mtls, entry, index }: Listed, nowMs: number, before: ReadonlyMap<string, string>): ListDays[] {
    const list = isPem(entry) ? `crl[${index}]` : entry;
    const name = `${api} ${list}`;
    try {
      const dueMs = this.#dueAt(mtls, entry);
      if (dueMs <= nowMs && this.#isNews(name, "late", before))
        this.#log.warn({ api, list, due: new Date(dueMs) }, "a revocation list is past its time; it is used on");
      return dueMs === Infinity ? [] : [{ api, list, daysLeft: Math.round(((dueMs - nowMs) / DAY_MS) * 100) / 100 }];
    } catch (error) {
      const reason = messageOf(error);
      if (this.#isNews(name, reason, before))
        this.#log.error({ api, list, err: reason }, "a revocation list cannot be used; the one before is used on");
      return [];
    }
  }

  /** When the first of its lists is to be replaced. */
  #dueAt({ ca = [] }: MtlsAuth, entry: string): number {
    const text = isPem(entry) ? entry : this.#secrets.read(entry);
    if (text === undefined) throw new Error("it cannot be read");
    const authorities = ca.flatMap((one, index) => readAuthorities(one, `ca[${index}]`, this.#secrets));
    return Math.min(...readRevocationLists(text, authorities).map(({ nextUpdateMs }) => nextUpdateMs));
  }

  #isNews(name: string, what: string, before: ReadonlyMap<string, string>): boolean {
    this.#said.set(name, what);
    return before.get(name) !== what;
  }
}

interface Listed {
  api: string;
  mtls: MtlsAuth;
  entry: string;
  index: number;
}

function certificateMethodsOf(api: ResolvedApi): MtlsAuth[] {
  const definitions = [api, ...versionsOf(api).map(({ definition }) => definition)];
  return definitions.flatMap(({ auth }) => auth.anyOf.flatMap(({ mtls }) => mtls ?? []));
}

function isPem(entry: string): boolean {
  return entry.startsWith("-----BEGIN");
}

import { hash } from "node:crypto";
import { versionsOf } from "#contracts/api/versions-of.ts";
import type { ResolvedApi } from "#contracts/api/resolved.ts";
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

/** When a list is to be replaced, or why it is of no use. */
type Finding = { dueMs: number } | { fault: string };

/** Looks at the revocation lists that workers refuse certificates by, and says once of each what is wrong with it. */
export class RevocationWatch {
  readonly #secrets: Secrets;
  readonly #log: Pick<Logger, "warn" | "error">;
  /** By authorities and text: a list that many APIs name, and that is as it was, is not read again. */
  #findings = new Map<string, Finding>();
  /** What was said of lists that are not well, by API and list. */
  #said = new Map<string, string>();

  constructor(secrets: Secrets, log: Pick<Logger, "warn" | "error">) {
    this.#secrets = secrets;
    this.#log = log;
  }

  /** All lists of these APIs that can be read now. */
  look(apis: readonly ResolvedApi[], nowMs: number): ListDays[] {
    const [findings, said] = [this.#findings, this.#said];
    const texts = new Map<string, string | undefined>();
    [this.#findings, this.#said] = [new Map(), new Map()];
    return listsOf(apis).flatMap(({ api, list, ca, entry }) => {
      if (!texts.has(entry)) texts.set(entry, isPem(entry) ? entry : this.#secrets.read(entry));
      const found = this.#find(ca, texts.get(entry), findings);
      this.#tell({ api, list }, found, nowMs, said);
      if ("fault" in found || found.dueMs === Infinity) return [];
      return [{ api, list, daysLeft: Math.round(((found.dueMs - nowMs) / DAY_MS) * 100) / 100 }];
    });
  }

  #find(ca: readonly string[], text: string | undefined, before: ReadonlyMap<string, Finding>): Finding {
    if (text === undefined) return { fault: "it cannot be read" };
    const name = hash("sha256", JSON.stringify([ca, text]), "base64url");
    const found = this.#findings.get(name) ?? before.get(name) ?? this.#read(ca, text);
    this.#findings.set(name, found);
    return found;
  }

  #read(ca: readonly string[], text: string): Finding {
    try {
      const authorities = ca.flatMap((one, index) => readAuthorities(one, `ca[${index}]`, this.#secrets));
      return { dueMs: Math.min(...readRevocationLists(text, authorities).map(({ nextUpdateMs }) => nextUpdateMs)) };
    } catch (error) {
      return { fault: messageOf(error) };
    }
  }

  #tell(
    place: { api: string; list: string },
    found: Finding,
    nowMs: number,
    before: ReadonlyMap<string, string>,
  ): void {
    const isLate = "dueMs" in found && found.dueMs <= nowMs;
    const what = "fault" in found ? found.fault : isLate ? "late" : undefined;
    if (what === undefined) return;
    const name = `${place.api} ${place.list}`;
    this.#said.set(name, what);
    if (before.get(name) === what) return;
    if ("fault" in found)
      this.#log.error({ ...place, err: what }, "a revocation list cannot be used; the one before is used on");
    else this.#log.warn({ ...place, due: new Date(found.dueMs) }, "a revocation list is past its time; it is used on");
  }
}

/** All lists of all versions; one in the text of a configuration is named by its place. */
function listsOf(apis: readonly ResolvedApi[]) {
  return apis.flatMap((api) =>
    certificateMethodsOf(api).flatMap(({ ca = [], crl = [] }) =>
      crl.map((entry, index) => ({ api: api.id, list: isPem(entry) ? `crl[${index}]` : entry, ca, entry })),
    ),
  );
}

function certificateMethodsOf(api: ResolvedApi): MtlsAuth[] {
  const definitions = [api, ...versionsOf(api).map(({ definition }) => definition)];
  return definitions.flatMap(({ auth }) => auth.anyOf.flatMap(({ mtls }) => mtls ?? []));
}

function isPem(entry: string): boolean {
  return entry.startsWith("-----BEGIN");
}

import { hash, type X509Certificate } from "node:crypto";
import { messageOf } from "#base/errors.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import { readRevocationLists, serialOf, type RevocationList } from "./revocation-list.ts";

/** How soon a list that changed holds. */
const LOOK_EVERY_MS = 5_000;

interface Source {
  entry: string;
  /** Of the text that was looked at last, good or not. */
  digest: string;
  lists: readonly RevocationList[];
}

/**
 * The revocation lists of one `mtls`. One that changed is read again; one that cannot be read or is not good any more is
 * used as it was. One that is past its time still refuses what it names: not to know of later ones is no reason to forget
 * these.
 */
export class Revocations {
  readonly #authorities: readonly X509Certificate[];
  readonly #secrets: Secrets;
  readonly #sources: readonly Source[];
  #lookAtMs = 0;
  /** Raised at each change: what was judged before has to be judged again. */
  version = 0;

  /** Throws, naming the entry, where one is of no use. */
  constructor(entries: readonly string[], authorities: readonly X509Certificate[], secrets: Secrets) {
    this.#authorities = authorities;
    this.#secrets = secrets;
    this.#sources = entries.map((entry, index) => {
      try {
        const text = this.#read(entry);
        if (text === undefined) throw new Error(`${entry} cannot be read`);
        return { entry, digest: digestOf(text), lists: readRevocationLists(text, authorities) };
      } catch (error) {
        throw new Error(`crl[${index}]: ${messageOf(error)}`, { cause: error });
      }
    });
  }

  /** Reads again what changed. Called for each request, and looks now and then. */
  refresh(nowMs: number): void {
    if (nowMs < this.#lookAtMs) return;
    this.#lookAtMs = nowMs + LOOK_EVERY_MS;
    for (const source of this.#sources) this.#refreshOne(source);
  }

  /** Whether one of these certificates was taken back by the authority that issued it. */
  include(chain: readonly X509Certificate[]): boolean {
    return chain.some((certificate) => {
      const serial = serialOf(certificate.serialNumber);
      return this.#sources.some(({ lists }) =>
        lists.some(
          ({ serials, authorities }) =>
            serials.has(serial) && authorities.some((authority) => certificate.checkIssued(authority)),
        ),
      );
    });
  }

  #refreshOne(source: Source): void {
    const text = this.#read(source.entry);
    if (text === undefined) return;
    const digest = digestOf(text);
    if (digest === source.digest) return;
    source.digest = digest;
    try {
      source.lists = readRevocationLists(text, this.#authorities);
      this.version += 1;
    } catch {
      // The node's primary, which looks at the same list, says why.
    }
  }

  #read(entry: string): string | undefined {
    return entry.startsWith("-----BEGIN") ? entry : this.#secrets.read(entry);
  }
}

function digestOf(text: string): string {
  return hash("sha256", text, "base64url");
}

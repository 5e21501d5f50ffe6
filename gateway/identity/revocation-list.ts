import { verify, type KeyObject, type X509Certificate } from "node:crypto";
import { DerReader, NotDer, tags, type Element } from "./der.ts";

/** What certificate authorities take back before its time (RFC 5280, 5), as far as a gateway has to know it. */
export interface RevocationList {
  /** Those whose key has signed the list. */
  authorities: readonly X509Certificate[];
  /** In hex, capitals, without leading zeros. */
  serials: ReadonlySet<string>;
  /** When a newer one is due; a list that says nothing of it is never late. */
  nextUpdateMs: number;
}

/** A worker keeps each as a text of its own, about 75 bytes, and reading takes about a microsecond for each. */
const MAX_ENTRIES = 200_000;

interface Algorithm {
  digest: string | null;
  keys: string;
}
/** Object identifiers in hex: RFC 4055 and RFC 5758, and Ed25519 by RFC 8410. */
const algorithms: Record<string, Algorithm> = {
  "2a864886f70d01010b": { digest: "sha256", keys: "rsa" },
  "2a864886f70d01010c": { digest: "sha384", keys: "rsa" },
  "2a864886f70d01010d": { digest: "sha512", keys: "rsa" },
  "2a8648ce3d040302": { digest: "sha256", keys: "ec" },
  "2a8648ce3d040303": { digest: "sha384", keys: "ec" },
  "2a8648ce3d040304": { digest: "sha512", keys: "ec" },
  "2b6570": { digest: null, keys: "ed25519" },
};

/** Extensions that may be critical: which certificates a list is for changes nothing about those that it names. */
const ISSUING_DISTRIBUTION_POINT = "551d1c";

/** All lists of a PEM text. Throws a sentence where there is none, one cannot be read, or none of `authorities` signed it. */
export function readRevocationLists(text: string, authorities: readonly X509Certificate[]): RevocationList[] {
  const blocks = [...text.matchAll(/-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/g)];
  if (blocks.length === 0) throw new Error("expected a revocation list in PEM (BEGIN X509 CRL)");
  return blocks.map(([, base64]) => {
    try {
      return readList(Buffer.from(base64!, "base64"), authorities);
    } catch (error) {
      throw error instanceof NotDer
        ? new Error("expected a revocation list, and this is none", { cause: error })
        : error;
    }
  });
}

function readList(der: Buffer, authorities: readonly X509Certificate[]): RevocationList {
  const parts = new DerReader(der).inside(tags.sequence);
  const signed = parts.next(tags.sequence);
  const algorithm = algorithms[parts.inside(tags.sequence).next(tags.oid).content.toString("hex")];
  if (!algorithm) throw new Error("expected a list that is signed by RSA (PKCS #1), ECDSA or Ed25519 with SHA-2");
  // The first byte of a bit string says how many bits at its end are none.
  const signature = parts.next(tags.bitString).content.subarray(1);
  const signers = authorities.filter(({ publicKey }) => fits(signed.whole, algorithm, publicKey, signature));
  if (signers.length === 0) throw new Error("expected a list that is signed by one of `ca`");
  return { authorities: signers, ...readSigned(new DerReader(signed.content)) };
}

function fits(data: Buffer, { digest, keys }: Algorithm, key: KeyObject, signature: Buffer): boolean {
  return key.asymmetricKeyType === keys && verify(digest, data, key, signature);
}

/** TBSCertList (5.1). */
function readSigned(fields: DerReader): Pick<RevocationList, "serials" | "nextUpdateMs"> {
  fields.optional(tags.integer);
  fields.next(tags.sequence);
  fields.next(tags.sequence);
  timeOf(fields.next());
  const nextUpdate = fields.optional(tags.utcTime, tags.generalizedTime);
  const entries = fields.optional(tags.sequence);
  const extensions = fields.optional(tags.context0);
  if (extensions) refuseCritical(new DerReader(extensions.content), [ISSUING_DISTRIBUTION_POINT]);
  return {
    serials: entries ? serialsIn(new DerReader(entries.content)) : new Set(),
    nextUpdateMs: nextUpdate ? timeOf(nextUpdate) : Infinity,
  };
}

function serialsIn(entries: DerReader): Set<string> {
  const serials = new Set<string>();
  while (!entries.isAtEnd) {
    const entry = entries.inside(tags.sequence);
    serials.add(serialOf(entry.next(tags.integer).content.toString("hex")));
    if (serials.size > MAX_ENTRIES) throw new Error(`expected ${MAX_ENTRIES} entries at most`);
    entry.next();
    // An entry of a list that speaks for other authorities says so in a critical extension (5.3.3).
    if (!entry.isAtEnd) refuseCritical(entry, []);
  }
  return serials;
}

/** As `RevocationList.serials` have them. */
export function serialOf(hex: string): string {
  return hex.replace(/^0+/, "").toUpperCase();
}

/** Which a list of changes to another one has, for example: what is not understood may turn around what a list says (5.2). */
function refuseCritical(extensions: DerReader, known: readonly string[]): void {
  const list = extensions.inside(tags.sequence);
  while (!list.isAtEnd) {
    const extension = list.inside(tags.sequence);
    const id = extension.next(tags.oid).content.toString("hex");
    const critical = extension.optional(tags.boolean)?.content[0] ?? 0;
    if (critical !== 0 && !known.includes(id))
      throw new Error("expected a whole list of one authority: this one changes another list, or speaks for others");
  }
}

/** Times as RFC 5280 asks for them (5.1.2.4): to the second, in UTC, two digits of a year up to 2049. */
function timeOf({ tag, content }: Element): number {
  const text = content.toString("latin1");
  const isShort = tag === tags.utcTime;
  const match = (isShort ? /^(\d\d)(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text);
  if (!match) throw new NotDer();
  const year = isShort ? Number(match[1]) + (Number(match[1]) < 50 ? 2_000 : 1_900) : Number(match[1]);
  const [month, day, hour, minute, second] = match[2]!.match(/\d\d/g)!.map(Number);
  return Date.UTC(year, month! - 1, day, hour, minute, second);
}

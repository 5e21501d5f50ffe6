import { hash } from "node:crypto";
import { isInnerList, parseDictionary } from "./structured-fields.ts";

const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["sha-256", "sha256"],
  ["sha-512", "sha512"],
]);

/** Whether a body is the one that Content-Digest (RFC 9530) speaks of: by every algorithm that is known, and one at least. */
export function fitsDigest(field: string, body: Buffer): boolean {
  const digests = parseDictionary(field);
  if (!digests) return false;
  let known = 0;
  for (const [name, member] of digests) {
    const algorithm = ALGORITHMS.get(name);
    if (algorithm === undefined) continue;
    known += 1;
    if (isInnerList(member) || member.bare.kind !== "bytes") return false;
    // What is compared is public: the digest stands in the request beside the body.
    if (!hash(algorithm, body, "buffer").equals(member.bare.value)) return false;
  }
  return known > 0;
}

import { readFileSync } from "node:fs";
import { hashToken } from "#base/token.ts";
import type { FileKey, KeyRecord } from "#contracts/key/record.ts";
import type { FetchedSecrets } from "./fetch-secrets.ts";
import type { SourceDocument } from "./source-document.ts";
import type { Problem } from "./problem.ts";

/** Keys of the files as records. Two keys of one secret are a problem: only one of them could ever be found. */
export function keyRecordsOf(
  parts: readonly { document: SourceDocument; value: { keys: FileKey[] } | undefined }[],
  problems: Problem[],
  files: string[],
  secrets: FetchedSecrets,
): KeyRecord[] {
  const records = new Map<string, KeyRecord>();
  for (const { document, value } of parts)
    for (const [index, key] of (value?.keys ?? []).entries()) {
      const record = keyRecordOf(document, index, key, problems, files, secrets);
      if (!record) continue;
      const before = records.get(record.hash);
      const member = key.hash === undefined ? "secret" : "hash";
      if (before) problems.push(document.problemAt(["keys", index, member], `is that of ${before.id} already`));
      else records.set(record.hash, record);
    }
  return [...records.values()];
}

/** The secret is read from where it is referred to, hashed, and forgotten. */
function keyRecordOf(
  source: SourceDocument,
  index: number,
  key: FileKey,
  problems: Problem[],
  files: string[],
  secrets: FetchedSecrets,
): KeyRecord | undefined {
  const { secret, hash, expires, ...rest } = key;
  const problem = (member: string, message: string) => {
    problems.push(source.problemAt(["keys", index, member], message));
    return undefined;
  };
  if ((secret === undefined) === (hash === undefined))
    return problem("secret", "give one of secret (env://NAME, file://PATH) and hash (sha256:…)");
  const found = hash ? { hash: hash.slice("sha256:".length) } : hashOfReference(secret!, files, secrets);
  if (found === undefined) return undefined;
  if ("problem" in found) return problem("secret", found.problem);
  return { ...rest, hash: found.hash, expiresAtMs: expires ? Date.parse(expires) : null, version: 1 };
}

function hashOfReference(
  reference: string,
  files: string[],
  secrets: FetchedSecrets,
): { hash: string } | { problem: string } | undefined {
  const [scheme, place] = [reference.slice(0, reference.indexOf(":")), reference.slice(reference.indexOf("//") + 2)];
  if (scheme === "env") {
    const value = process.env[place];
    return value ? { hash: hashToken(value) } : { problem: `the environment variable ${place} is not set` };
  }
  if (scheme !== "file") {
    const value = secrets.read(reference);
    // Why a store's secret is not there was told when it was asked for.
    return value ? { hash: hashToken(value) } : undefined;
  }
  try {
    files.push(place);
    return { hash: hashToken(readFileSync(place, "utf8").trim()) };
  } catch {
    return { problem: `the file ${place} cannot be read` };
  }
}

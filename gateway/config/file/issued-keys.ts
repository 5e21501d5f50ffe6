import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { explainIssues } from "#base/explain-issues.ts";
import { newId } from "#base/id.ts";
import { hashToken, newToken } from "#base/token.ts";
import { keyToIssue } from "#contracts/key/issue.ts";
import { membersAt } from "#contracts/walk-schema.ts";
import { ChangeRefused } from "../management.ts";

/** Whoever has more of them wants a control plane: every change reads all of them. */
const MOST_ISSUED = 10_000;

/** As a key stands in the file, in the words that it was asked for. */
export interface IssuedKey {
  id: string;
  hash: string;
  [member: string]: unknown;
}

const file = z.strictObject({ keys: z.array(z.looseObject({ id: z.string(), hash: z.string() })) });

export function readIssuedKeys(path: string): IssuedKey[] {
  return existsSync(path) ? file.parse(JSON.parse(readFileSync(path, "utf8"))).keys : [];
}

/** A key a line, so that a problem with one is told by its line. */
export function textOfKeys(keys: readonly IssuedKey[]): string {
  return `{ "keys": [\n${keys.map((key) => `  ${JSON.stringify(key)}`).join(",\n")}\n] }\n`;
}

/** A new key from what was asked for, and its text where that was drawn here. */
export function drawKey(request: unknown, taken: number): { key: IssuedKey; secret: string | undefined } {
  const { id = newId("key"), hash, ...rest } = checked(request);
  if (taken >= MOST_ISSUED)
    throw new ChangeRefused("conflict", `${MOST_ISSUED} keys are the most that one gateway issues; withdraw some`);
  const secret = hash === undefined ? newToken("key") : undefined;
  return { key: { id, hash: hash ?? `sha256:${hashToken(secret!)}`, ...rest }, secret };
}

/** The key with another record; what it is known by stays. */
export function changedKey({ id, hash }: IssuedKey, request: unknown): IssuedKey {
  const { id: asked = id, hash: askedHash = hash, ...rest } = checked(request);
  if (asked !== id) throw new ChangeRefused("invalid", `id: expected ${id}, which the path names, or none`);
  if (askedHash !== hash) throw new ChangeRefused("invalid", "hash: a key keeps its secret; issue another key for it");
  return { id, hash, ...rest };
}

/** What was written and not what it was parsed to, so that the file stays as short as what people sent. */
function checked(request: unknown): Partial<IssuedKey> {
  const result = keyToIssue.safeParse(request);
  if (result.success) return request as Partial<IssuedKey>;
  const known = (path: readonly PropertyKey[]) => membersAt(keyToIssue, path);
  const lines = explainIssues(result.error.issues, known).map(
    ({ path, message }) => `${path.join(".") || "(top level)"}: ${message}`,
  );
  throw new ChangeRefused("invalid", lines.join("\n"));
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { QuotaCount } from "./local-authority.ts";

/** Quotas of a node without Redis live through a restart; a damaged or missing file starts at nothing used. */
export function loadQuotas(file: string): Map<string, QuotaCount> {
  try {
    return new Map(JSON.parse(readFileSync(file, "utf8")) as [string, QuotaCount][]);
  } catch {
    // Absent at the first start, or cut by a full disk: a quota that starts anew is better than a gateway that does not.
    return new Map();
  }
}

export function saveQuotas(file: string, quotas: Iterable<[string, QuotaCount]>): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify([...quotas]), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

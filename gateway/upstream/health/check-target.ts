import type { Health } from "#contracts/api/resilience.ts";
import { messageOf } from "#base/errors.ts";
import type { TargetFact } from "../balance/target.ts";
import type { GuardedRequest } from "../guarded-request.ts";

/** More of a health page than anyone reads. */
const MAX_BYTES = 256 * 1_024;

/** Undefined: the target answered as expected. Else why not, in a few words. */
export async function checkTarget(
  { url, address }: TargetFact,
  { method, path, timeout, expect }: Health,
  ask: GuardedRequest,
): Promise<string | undefined> {
  const headers = { "user-agent": "causeway-health", connection: "close" };
  try {
    const base = url.replace(/\/+$/, "");
    const asked = { url: `${base}${path}`, address, method, headers, timeoutMs: timeout, maxBytes: MAX_BYTES };
    const { status } = await ask(asked);
    return expect.some((range) => isWithin(status, range)) ? undefined : `status ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}

function isWithin(status: number, range: string): boolean {
  const [from, to = from] = range.split("-");
  return status >= Number(from) && status <= Number(to);
}

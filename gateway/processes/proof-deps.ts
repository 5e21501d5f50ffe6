import { systemClock } from "#base/clock.ts";
import type { Configuration } from "#gateway/config/index.ts";
import { Identities, noOutbound } from "#gateway/identity/index.ts";
import { LimitBook, LocalAuthority } from "#gateway/limit/index.ts";
import type { CompileDeps } from "#gateway/pipeline/index.ts";
import { plugins } from "#gateway/plugins/index.ts";
import { processSecrets, type Secrets } from "#gateway/secrets/index.ts";
import { SessionBook } from "#gateway/session/index.ts";
import { TargetBook, parseRanges, unopenedPool } from "#gateway/upstream/index.ts";

/** Compiling for proof opens nothing: no pool, no session, no count that lasts. */
export function proofDeps(
  { settings }: Pick<Configuration, "settings">,
  secrets: Secrets = processSecrets,
): CompileDeps {
  const authority = new LocalAuthority({ clock: systemClock, holders: () => 1 });
  const limits = new LimitBook({ authority, clock: systemClock });
  const targets = new TargetBook({
    clock: systemClock,
    random: Math.random,
    addressOf: () => "",
    poolFor: () => unopenedPool,
    release: () => {},
  });
  return {
    plugins,
    settings,
    limits,
    sessions: new SessionBook({ limits, lookup: () => Promise.resolve({ at: "unknown" }) }),
    secrets,
    identity: new Identities({
      outbound: noOutbound,
      secrets,
      clock: systemClock,
      trustedProxies: parseRanges([]),
    }),
    recorder: { stepFor: () => undefined },
    balancerFor: targets.balancerFor.bind(targets),
  };
}

import type { Health } from "#contracts/api/resilience.ts";
import type { OutboundHandler, OutboundPool, OutboundRequest } from "#gateway/wire/index.ts";
import type { Dial } from "../balance/target-group.ts";
import { Target, type TargetFact } from "../balance/target.ts";

/** Undefined: the target answered as expected. Else why not, in a few words. A fake of it is what tests pass. */
export type TargetCheck = (fact: TargetFact, health: Health, dial: Dial) => Promise<string | undefined>;

/** What is used of a PoolSet. */
export interface CheckPools {
  poolFor(fact: TargetFact, dial: Dial): OutboundPool;
  release(pool: OutboundPool): void;
  sweep(): void;
}

/**
 * Checks as traffic goes: the same client, protocol, TLS and guard. Each has a connection of its own, since whether one comes
 * about is part of the question.
 */
export function targetChecks(pools: CheckPools): TargetCheck {
  return async (fact, health, dial) => {
    const pool = pools.poolFor(fact, dial);
    try {
      return await check(new Target(fact, pool), health);
    } finally {
      pools.release(pool);
      pools.sweep();
    }
  };
}

function check(target: Target, health: Health): Promise<string | undefined> {
  return new Promise((resolve) => {
    const finish = (failure: string | undefined) => {
      clearTimeout(timer);
      // The rest of the answer is nobody's.
      stream.abort();
      resolve(failure);
    };
    const timer = setTimeout(() => finish(`no answer within ${health.timeout} ms`), health.timeout);
    const handler: OutboundHandler = {
      onHead: ({ status }) => finish(isExpected(status, health) ? undefined : `status ${status}`),
      onError: ({ message }) => finish(message),
      onEnd: () => {},
      onTunnel: () => finish("the protocol was changed"),
      onStart: () => {},
      onInform: () => {},
      onData: () => {},
      onPause: () => {},
      onWanted: () => {},
      onDrain: () => {},
    };
    const stream = target.pool.dispatch(requestOf(target, health), handler);
  });
}

function requestOf(target: Target, { method, path, timeout }: Health): OutboundRequest {
  return {
    method,
    path: target.basePath + path,
    authority: target.authority,
    scheme: target.scheme,
    fields: ["User-Agent", "causeway-health", "Accept", "*/*"],
    hasBody: false,
    bodyLength: undefined,
    acceptsTrailers: false,
    upgrade: undefined,
    headersMs: timeout,
    idleMs: timeout,
    tunnelIdleMs: timeout,
  };
}

function isExpected(status: number, { expect }: Health): boolean {
  return expect.some((range) => {
    const [from, to = from] = range.split("-");
    return status >= Number(from) && status <= Number(to);
  });
}

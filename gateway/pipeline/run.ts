import type { Exchange } from "./exchange.ts";
import type { StepResult } from "./plugin.ts";
import type { Reply } from "./reply.ts";

type ExchangeStep = (exchange: Exchange) => StepResult;

/** Where an exchange goes when its steps are through: a reply ends it, `undefined` sends it to the upstream. */
export interface Conclude {
  reply(exchange: Exchange, reply: Reply): void;
  forward(exchange: Exchange): void;
  failed(exchange: Exchange, error: unknown): void;
}

/**
 * Walks the steps from `from`. Flat on purpose: measured on twelve steps, an onion of middleware costs ten times as much,
 * and awaiting each step four times.
 */
export function runSteps(exchange: Exchange, steps: readonly ExchangeStep[], from: number, conclude: Conclude): void {
  for (let index = from; index < steps.length; index += 1) {
    let result: StepResult;
    try {
      result = steps[index]!(exchange);
    } catch (error) {
      return conclude.failed(exchange, error);
    }
    if (result === undefined) continue;
    if (!(result instanceof Promise)) return conclude.reply(exchange, result);
    result.then(
      (reply) => {
        // The client may have gone while a step waited: nobody is left to answer.
        if (exchange.settled) return;
        if (reply) conclude.reply(exchange, reply);
        else runSteps(exchange, steps, index + 1, conclude);
      },
      (error: unknown) => conclude.failed(exchange, error),
    );
    return;
  }
  conclude.forward(exchange);
}

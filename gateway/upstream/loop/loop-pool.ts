import type { Exchange } from "#gateway/pipeline/exchange.ts";
import type { OutboundHandler, OutboundPool, OutboundRequest, OutboundStream } from "#gateway/wire/index.ts";
import { LoopInbound } from "./loop-inbound.ts";

/** Takes a request of one API into another one of this gateway. `from` is the exchange that it is made for. */
export type EnterApi = (api: string, inbound: LoopInbound, from: Exchange) => void;

/** Only forwarding dispatches to a loop, and it knows its exchange. */
interface ForExchange extends OutboundHandler {
  readonly exchange: Exchange;
}

/** An API of this gateway in the place of an upstream (`causeway://<api>/…`): no socket, no bytes, the same two interfaces. */
export class LoopPool implements OutboundPool {
  readonly #api: string;
  readonly #enter: EnterApi;

  constructor(api: string, enter: EnterApi) {
    this.#api = api;
    this.#enter = enter;
  }

  dispatch(request: OutboundRequest, handler: OutboundHandler): OutboundStream {
    const { exchange } = handler as ForExchange;
    const inbound = new LoopInbound(request, handler, exchange.inbound.authority);
    this.#enter(this.#api, inbound, exchange);
    return inbound.stream;
  }

  close(): void {}
  destroy(): void {}
}

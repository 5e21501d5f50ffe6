import type { Exchange } from "#gateway/pipeline/index.ts";
import { readContext } from "#gateway/trace/index.ts";
import { redactedQuery } from "./redacted-query.ts";
import { writtenAddress, type AddressDetail } from "./written-address.ts";

export interface AccessLogOptions {
  /** Takes a line, which ends with a line feed. It never waits. */
  write(line: string): void;
  /** This machine. */
  node: string;
  addresses: AddressDetail;
  clientAddressOf(exchange: Exchange): string;
}

const MAX_TEXT = 1_024;

/** One wide record an exchange, as a line of JSON. Headers and bodies are not in it, and of a credential nothing but its id. */
export class AccessLog {
  readonly #options: AccessLogOptions;

  constructor(options: AccessLogOptions) {
    this.#options = options;
  }

  record(exchange: Exchange, endedAtUs: number): void {
    this.#options.write(`${JSON.stringify(this.#recordOf(exchange, endedAtUs))}\n`);
  }

  #recordOf(exchange: Exchange, endedAtUs: number) {
    const { api, plan, principal, inbound, fields, connection, startedAtUs, upstreamStartedAtUs } = exchange;
    const { node, addresses } = this.#options;
    return {
      time: new Date(exchange.nowMs).toISOString(),
      node,
      api: api?.id ?? null,
      version: api?.version ?? null,
      operation: plan?.operation ?? null,
      listen: api?.definition.listen.path ?? null,
      method: bounded(exchange.method),
      scheme: connection.tls === null ? "http" : "https",
      host: bounded(inbound.authority),
      path: bounded(exchange.path),
      query: redactedQuery(exchange.query, api),
      protocol: inbound.version,
      status: exchange.status,
      reason: exchange.reason,
      key: principal?.keyId ?? null,
      policies: principal?.policies ?? [],
      client: writtenAddress(this.#options.clientAddressOf(exchange), addresses),
      userAgent: bounded(fields.get("user-agent")),
      requestBytes: exchange.requestBytes,
      responseBytes: exchange.responseBytes,
      totalUs: Math.round(endedAtUs - startedAtUs),
      gatewayUs: Math.round((upstreamStartedAtUs > 0 ? upstreamStartedAtUs : endedAtUs) - startedAtUs),
      upstreamUs: exchange.upstreamUs < 0 ? null : Math.round(exchange.upstreamUs),
      target: exchange.target,
      tries: exchange.tries,
      traceId: exchange.trace?.traceId ?? readContext(fields)?.traceId ?? null,
      requestId: exchange.requestId,
    };
  }
}

function bounded(text: string | undefined): string | null {
  return text === undefined ? null : text.slice(0, MAX_TEXT);
}

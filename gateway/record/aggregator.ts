import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import { bucketOf, mergeHistograms, type Histogram } from "#contracts/analytics/histogram.ts";
import { WINDOW_SECONDS } from "#contracts/analytics/window.ts";
import type { Exchange } from "#gateway/pipeline/index.ts";

/** Dimension sets between two flushes; an attacker who varies a dimension must not grow the heap. */
const MAX_CELLS = 20_000;

interface Cell {
  at: number;
  api: string | null;
  operation: string | null;
  key: string | null;
  method: string;
  status: number;
  reason: string | null;
  count: number;
  requestBytes: number;
  responseBytes: number;
  total: Map<number, number>;
  upstream: Map<number, number>;
  gateway: Map<number, number>;
}

/** How long the gateway itself took before it sent a request upstream, or answered it: for this node's metrics alone. */
export interface GatewayTimes {
  api: string | null;
  operation: string | null;
  times: Histogram;
}

/** Methods that analytics tell apart; others are one, so that a client cannot make up dimensions. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]);

/** A worker's counts since the last flush. */
export class Aggregator {
  #cells = new Map<string, Cell>();
  /** The cell that each plan's exchange fell into last. */
  #last = new Map<Exchange["plan"], Cell>();
  #droppedRecords = 0;

  record(exchange: Exchange, endedAtUs: number): void {
    const cell = this.#cellOf(exchange);
    if (!cell) {
      this.#droppedRecords += 1;
      return;
    }
    cell.count += 1;
    cell.requestBytes += exchange.requestBytes;
    cell.responseBytes += exchange.responseBytes;
    const { startedAtUs, upstreamStartedAtUs } = exchange;
    bump(cell.total, bucketOf(endedAtUs - startedAtUs));
    bump(cell.gateway, bucketOf((upstreamStartedAtUs > 0 ? upstreamStartedAtUs : endedAtUs) - startedAtUs));
    if (exchange.upstreamUs >= 0) bump(cell.upstream, bucketOf(exchange.upstreamUs));
  }

  /** What was counted since the last call, in the form that travels. */
  flush(): { entries: AnalyticsEntry[]; gatewayTimes: GatewayTimes[]; droppedRecords: number } {
    const entries = [...this.#cells.values()].map(entryOf);
    const gatewayTimes = gatewayTimesOf(this.#cells.values());
    const droppedRecords = this.#droppedRecords;
    this.#cells = new Map();
    this.#last = new Map();
    this.#droppedRecords = 0;
    return { entries, gatewayTimes, droppedRecords };
  }

  /** The calls of an operation mostly fall into one cell, so its last one is tried before a name is built. */
  #cellOf(exchange: Exchange): Cell | undefined {
    const at = Math.floor(exchange.nowMs / (WINDOW_SECONDS * 1_000)) * WINDOW_SECONDS;
    const api = exchange.api?.id ?? null;
    const operation = exchange.plan?.operation ?? null;
    const key = exchange.principal?.keyId ?? null;
    const { status, reason } = exchange;
    const method = METHODS.has(exchange.method) ? exchange.method : "OTHER";
    const last = this.#last.get(exchange.plan);
    if (
      last !== undefined &&
      last.status === status &&
      last.at === at &&
      last.api === api &&
      last.operation === operation &&
      last.key === key &&
      last.method === method &&
      last.reason === reason
    )
      return last;
    const name = `${at} ${api} ${operation} ${key} ${method} ${status} ${reason}`;
    const known = this.#cells.get(name);
    if (known) return this.#keep(exchange, known);
    if (this.#cells.size >= MAX_CELLS) return undefined;
    const cell: Cell = {
      at,
      api,
      operation,
      key,
      method,
      status,
      reason,
      count: 0,
      requestBytes: 0,
      responseBytes: 0,
      total: new Map(),
      upstream: new Map(),
      gateway: new Map(),
    };
    this.#cells.set(name, cell);
    return this.#keep(exchange, cell);
  }

  #keep(exchange: Exchange, cell: Cell): Cell {
    this.#last.set(exchange.plan, cell);
    return cell;
  }
}

function bump(counts: Map<number, number>, bucket: number): void {
  counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
}

function entryOf({ total, upstream, gateway: _own, ...rest }: Cell): AnalyticsEntry {
  return { ...rest, total: sorted(total), upstream: sorted(upstream) };
}

function gatewayTimesOf(cells: Iterable<Cell>): GatewayTimes[] {
  const places = new Map<string, GatewayTimes>();
  for (const { api, operation, gateway } of cells) {
    const name = `${api} ${operation}`;
    const before = places.get(name)?.times ?? [];
    places.set(name, { api, operation, times: mergeHistograms(before, sorted(gateway)) });
  }
  return [...places.values()];
}

function sorted(counts: Map<number, number>): Histogram {
  return [...counts].sort(([a], [b]) => a - b);
}

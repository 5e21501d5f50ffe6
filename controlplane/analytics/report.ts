import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { mergeHistograms, quantileOf, type Histogram } from "#contracts/analytics/histogram.ts";
import { rangeShape, type analyticsQuery, type AnalyticsReport } from "#contracts/plane/analytics.ts";
import { apis, keys } from "#drizzle/controlplane/schema.ts";
import type { Plane } from "../plane.ts";

type Query = z.infer<typeof analyticsQuery>;
type Latency = AnalyticsReport["totals"]["latency"];

/** Lists of the report are cut here; the totals count everything. */
const MOST_ROWS = 100;

/** Calls of a range: totals, a gapless series, and shares by API, operation, key and status. */
export async function reportCalls(plane: Plane, query: Query): Promise<AnalyticsReport> {
  const { spanMs, stepSeconds } = rangeShape[query.range];
  const stepMs = stepSeconds * 1_000;
  const toMs = Math.ceil((plane.clock.now() + 1) / stepMs) * stepMs;
  const fromMs = toMs - spanMs;
  const where = filterOf(query, fromMs, toMs);
  const step = sql`(floor(extract(epoch from at) / ${sql.raw(String(stepSeconds))}) * ${sql.raw(String(stepSeconds))})::bigint`;
  const [
    points,
    pointHistograms,
    byApi,
    apiHistograms,
    byOperation,
    operationHistograms,
    byKey,
    byStatus,
    upstream,
    dropped,
    names,
  ] = await Promise.all([
    select<PointRow>(plane, sql`select ${step} as at, ${sums} from calls where ${where} group by 1`),
    histograms(plane, step, "total", where),
    select<GroupRow>(
      plane,
      sql`select api as name, ${sums}, max(at) as last from calls where ${where} group by 1 order by calls desc limit ${MOST_ROWS}`,
    ),
    histograms(plane, sql`api`, "total", where),
    select<GroupRow>(
      plane,
      sql`select api || ' ' || operation as name, ${sums}, max(at) as last from calls where ${where} and operation is not null group by 1 order by calls desc limit ${MOST_ROWS}`,
    ),
    histograms(plane, sql`api || ' ' || operation`, "total", where),
    select<GroupRow>(
      plane,
      sql`select key as name, ${sums}, max(at) as last from calls where ${where} group by 1 order by calls desc limit ${MOST_ROWS}`,
    ),
    select<StatusRow>(
      plane,
      sql`select status, reason, sum(count)::int as calls from calls where ${where} group by 1, 2 order by calls desc limit ${MOST_ROWS}`,
    ),
    histograms(plane, sql`''`, "upstream", where),
    select<{ dropped: number }>(
      plane,
      sql`select coalesce(sum(dropped_records), 0)::int as dropped from call_batches where received_at >= ${new Date(fromMs).toISOString()}`,
    ),
    namesOf(plane),
  ]);
  const all = [...pointHistograms.values()].reduce(mergeHistograms, []);
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    stepSeconds,
    totals: {
      calls: total(points, "calls"),
      errors: total(points, "errors"),
      requestBytes: total(points, "request_bytes"),
      responseBytes: total(points, "response_bytes"),
      dropped: dropped[0]?.dropped ?? 0,
      latency: latencyOf(all),
      upstream: latencyOf(upstream.get("") ?? []),
    },
    series: seriesOf(points, pointHistograms, fromMs, toMs, stepMs),
    apis: byApi.map((row) => ({
      id: row.name,
      name: row.name === null ? "No API matched" : (names.apis.get(row.name) ?? row.name),
      calls: row.calls,
      errors: row.errors,
      latency: latencyOf(apiHistograms.get(row.name ?? "") ?? []),
      lastCallAt: new Date(row.last).toISOString(),
    })),
    statuses: byStatus,
    keys: byKey.map((row) => ({
      id: row.name,
      name: row.name === null ? "No key" : (names.keys.get(row.name) ?? row.name),
      calls: row.calls,
      errors: row.errors,
    })),
    operations: byOperation.map((row) => {
      const [api = "", ...operation] = (row.name ?? "").split(" ");
      const latency = latencyOf(operationHistograms.get(row.name ?? "") ?? []);
      return {
        api: names.apis.get(api) ?? api,
        operation: operation.join(" "),
        calls: row.calls,
        errors: row.errors,
        latency,
      };
    }),
  };
}

interface Sums {
  calls: number;
  errors: number;
  s2: number;
  s3: number;
  s4: number;
  s5: number;
  request_bytes: number;
  response_bytes: number;
}
type PointRow = Sums & { at: string };
type GroupRow = Sums & { name: string | null; last: string };
interface StatusRow extends Record<string, unknown> {
  status: number;
  reason: string | null;
  calls: number;
}

/** An error is an answer of 5xx: the caller's own mistakes (4xx) are shown by status, not counted as failures. */
const sums = sql.raw(`sum(count)::int as calls,
  coalesce(sum(count) filter (where status >= 500), 0)::int as errors,
  coalesce(sum(count) filter (where status between 200 and 299), 0)::int as s2,
  coalesce(sum(count) filter (where status between 300 and 399), 0)::int as s3,
  coalesce(sum(count) filter (where status between 400 and 499), 0)::int as s4,
  coalesce(sum(count) filter (where status >= 500), 0)::int as s5,
  sum(request_bytes)::float8 as request_bytes,
  sum(response_bytes)::float8 as response_bytes`);

function filterOf(query: Query, fromMs: number, toMs: number): SQL {
  const parts = [sql`at >= ${new Date(fromMs).toISOString()}`, sql`at < ${new Date(toMs).toISOString()}`];
  if (query.api) parts.push(sql`api = ${query.api}`);
  if (query.key) parts.push(sql`key = ${query.key}`);
  if (query.cluster) parts.push(sql`cluster = ${query.cluster}`);
  return sql.join(parts, sql` and `);
}

async function select<Row>(plane: Plane, statement: SQL): Promise<Row[]> {
  const { rows } = await plane.db.execute(statement);
  return rows as Row[];
}

/** Histograms merged in the database, by group. */
async function histograms(
  plane: Plane,
  group: SQL,
  column: "total" | "upstream",
  where: SQL,
): Promise<Map<string, Histogram>> {
  const [buckets, counts] = [sql.raw(`${column}_buckets`), sql.raw(`${column}_counts`)];
  const rows = await select<{ name: string | null; bucket: number; count: number }>(
    plane,
    sql`select (${group})::text as name, pair.bucket, sum(pair.count)::int as count
        from calls, unnest(${buckets}, ${counts}) as pair(bucket, count)
        where ${where} group by 1, 2 order by 1, 2`,
  );
  const found = new Map<string, Histogram>();
  for (const { name, bucket, count } of rows) {
    const histogram = found.get(name ?? "");
    if (histogram) histogram.push([bucket, count]);
    else found.set(name ?? "", [[bucket, count]]);
  }
  return found;
}

function latencyOf(histogram: Histogram): Latency {
  const ms = (quantile: number) => {
    const us = quantileOf(histogram, quantile);
    return us === null ? null : Math.round(us) / 1_000;
  };
  return { p50Ms: ms(0.5), p95Ms: ms(0.95), p99Ms: ms(0.99) };
}

function total(rows: Sums[], member: "calls" | "errors" | "request_bytes" | "response_bytes"): number {
  return rows.reduce((sum, row) => sum + row[member], 0);
}

function seriesOf(
  points: PointRow[],
  histograms: Map<string, Histogram>,
  fromMs: number,
  toMs: number,
  stepMs: number,
): AnalyticsReport["series"] {
  const byTime = new Map(points.map((point) => [Number(point.at), point]));
  const series: AnalyticsReport["series"] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) {
    const seconds = atMs / 1_000;
    const { calls = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0 } = byTime.get(seconds) ?? {};
    const latency = latencyOf(histograms.get(String(seconds)) ?? []);
    series.push({ at: new Date(atMs).toISOString(), calls, status: { s2, s3, s4, s5 }, ...latency });
  }
  return series;
}

async function namesOf(plane: Plane) {
  const known = await plane.db.select({ id: apis.id, name: apis.name }).from(apis);
  const holders = await plane.db.select({ id: keys.id, name: keys.name }).from(keys);
  return {
    apis: new Map<string, string>(known.map((row) => [row.id, row.name])),
    keys: new Map<string, string>(holders.map((row) => [row.id, row.name])),
  };
}

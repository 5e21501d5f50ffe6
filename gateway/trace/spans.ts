import { bareHost } from "#base/host-address.ts";
import type { Exchange } from "#gateway/pipeline/index.ts";
import type { RemoteContext } from "./propagation.ts";

/** A span in the JSON of OTLP (opentelemetry-proto, trace.proto). */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code: number; message?: string };
}

export interface Attribute {
  key: string;
  value: { stringValue: string } | { intValue: string };
}

/** What a trace is known by. */
export interface TraceIds {
  traceId: string;
  spanId: string;
  remote: RemoteContext | undefined;
}

export interface Attempt {
  spanId: string;
  target: string;
  startedAtUs: number;
  endedAtUs: number;
  status: number;
  error: string | undefined;
}

const SERVER = 2;
const CLIENT = 3;
const UNSET = 0;
const ERROR = 2;

/** HTTP semantic conventions 1.x; the path without its query, which may hold credentials. */
export function serverSpan(exchange: Exchange, { traceId, spanId, remote }: TraceIds, endedAtUs: number): Span {
  const { api, plan, method, status, reason, connection, inbound, path } = exchange;
  const route = api ? `${api.listenPath}${plan?.operation ? ` ${plan.operation}` : ""}` : undefined;
  const isError = status >= 500;
  return {
    traceId,
    spanId,
    ...(remote && { parentSpanId: remote.spanId }),
    ...(remote?.state !== undefined && { traceState: remote.state }),
    name: route === undefined ? method : `${method} ${route}`,
    kind: SERVER,
    startTimeUnixNano: nanosOf(exchange, exchange.startedAtUs),
    endTimeUnixNano: nanosOf(exchange, endedAtUs),
    attributes: attributesOf({
      "http.request.method": method,
      "url.path": path,
      "url.scheme": connection.tls === null ? "http" : "https",
      ...serverOf(inbound.authority),
      "client.address": connection.address,
      "network.protocol.version": inbound.version,
      "user_agent.original": exchange.fields.get("user-agent"),
      "http.route": route,
      "http.response.status_code": status,
      "error.type": isError ? (reason ?? String(status)) : undefined,
      "causeway.api": api?.id,
      "causeway.operation": plan?.operation ?? undefined,
      "causeway.reason": reason ?? undefined,
      "causeway.key": exchange.principal?.keyId,
    }),
    status: isError ? { code: ERROR, ...(reason !== null && { message: reason }) } : { code: UNSET },
  };
}

export function clientSpan(exchange: Exchange, { traceId, spanId }: TraceIds, attempt: Attempt, index: number): Span {
  const { status, error, target } = attempt;
  const isError = error !== undefined || status >= 400;
  return {
    traceId,
    spanId: attempt.spanId,
    parentSpanId: spanId,
    name: exchange.method,
    kind: CLIENT,
    startTimeUnixNano: nanosOf(exchange, attempt.startedAtUs),
    endTimeUnixNano: nanosOf(exchange, attempt.endedAtUs),
    attributes: attributesOf({
      "http.request.method": exchange.method,
      ...serverOf(target),
      "url.path": exchange.upstreamPath || "/",
      "http.response.status_code": status === 0 ? undefined : status,
      "http.request.resend_count": index === 0 ? undefined : index,
      "error.type": isError ? (error ?? String(status)) : undefined,
    }),
    status: { code: isError ? ERROR : UNSET },
  };
}

/** Host and port are two attributes; without a port it is the scheme's. */
function serverOf(authority = ""): Record<string, string | number | undefined> {
  const [, host = authority, port] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(authority) ?? [];
  return {
    "server.address": bareHost(host) || undefined,
    "server.port": port === undefined ? undefined : Number(port),
  };
}

/** The exchange has one reading of the wall's clock; all else is counted from it. */
function nanosOf({ nowMs, startedAtUs }: Exchange, atUs: number): string {
  return `${Math.round(nowMs * 1_000 + (atUs - startedAtUs))}000`;
}

function attributesOf(values: Record<string, string | number | undefined>): Attribute[] {
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [{ key, value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value } }];
  });
}

import type { Fields } from "#gateway/wire/index.ts";

/** What a caller said of the trace that its request belongs to. */
export interface RemoteContext {
  /** 32 and 16 hex digits. */
  traceId: string;
  spanId: string;
  /** Undefined: the caller left it to us (B3 without a flag). */
  sampled: boolean | undefined;
  /** `tracestate`, passed on as it came. */
  state: string | undefined;
  form: "w3c" | "b3" | "b3multi";
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const B3 = /^([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})(?:-([01d]))?(?:-[0-9a-f]{16})?$/;
const NO_TRACE = /^0+$/;

/** Names of all the fields that carry context, in lower case: they are replaced where a trace goes on. */
export const CONTEXT_FIELDS: ReadonlySet<string> = new Set([
  "traceparent",
  "tracestate",
  "b3",
  "x-b3-traceid",
  "x-b3-spanid",
  "x-b3-parentspanid",
  "x-b3-sampled",
  "x-b3-flags",
]);

/** W3C Trace Context before B3, single before multi; what is malformed is as if it were not there (both specifications). */
export function readContext(fields: Fields): RemoteContext | undefined {
  return fromTraceparent(fields) ?? fromB3(fields) ?? fromB3Multi(fields);
}

function fromTraceparent(fields: Fields): RemoteContext | undefined {
  const match = TRACEPARENT.exec(fields.get("traceparent") ?? "");
  if (!match) return undefined;
  const [text, version, traceId, spanId, flags] = match;
  // Version 00 has exactly four parts; ff is none.
  if (version === "ff" || (version === "00" && text.length !== 55)) return undefined;
  if (NO_TRACE.test(traceId!) || NO_TRACE.test(spanId!)) return undefined;
  const sampled = (Number.parseInt(flags!, 16) & 1) === 1;
  return { traceId: traceId!, spanId: spanId!, sampled, state: fields.get("tracestate"), form: "w3c" };
}

function fromB3(fields: Fields): RemoteContext | undefined {
  const match = B3.exec((fields.get("b3") ?? "").toLowerCase());
  if (!match) return undefined;
  return contextOf(match[1]!, match[2]!, match[3], "b3");
}

function fromB3Multi(fields: Fields): RemoteContext | undefined {
  const traceId = fields.get("x-b3-traceid")?.toLowerCase();
  const spanId = fields.get("x-b3-spanid")?.toLowerCase();
  if (!traceId || !spanId || !/^([0-9a-f]{16}){1,2}$/.test(traceId) || !/^[0-9a-f]{16}$/.test(spanId)) return undefined;
  const flag = fields.get("x-b3-flags") === "1" ? "d" : fields.get("x-b3-sampled");
  return contextOf(traceId, spanId, flag === "true" ? "1" : flag === "false" ? "0" : flag, "b3multi");
}

function contextOf(traceId: string, spanId: string, flag: string | undefined, form: "b3" | "b3multi") {
  if (NO_TRACE.test(traceId) || NO_TRACE.test(spanId)) return undefined;
  const sampled = flag === undefined ? undefined : flag !== "0";
  return { traceId: traceId.padStart(32, "0"), spanId, sampled, state: undefined, form };
}

/** B3 without a trace: whether the one that begins here is to be recorded (`b3: 0`, or `X-B3-Sampled` alone). */
export function readDecision(fields: Fields): Pick<RemoteContext, "sampled" | "form"> | undefined {
  const single = fields.get("b3");
  if (single !== undefined) return /^[01d]$/.test(single) ? { sampled: single !== "0", form: "b3" } : undefined;
  if (fields.get("x-b3-flags") === "1") return { sampled: true, form: "b3multi" };
  const multi = fields.get("x-b3-sampled");
  if (multi === undefined || !/^([01]|true|false)$/.test(multi)) return undefined;
  return { sampled: multi === "1" || multi === "true", form: "b3multi" };
}

/** Fields for the next one: always W3C, and B3 too where the caller spoke it. `[name, value, …]` */
export function contextFields(
  { traceId, sampled, state, form }: Omit<RemoteContext, "spanId" | "sampled"> & { sampled: boolean },
  spanId: string,
): string[] {
  const flag = sampled ? "1" : "0";
  const fields = ["traceparent", `00-${traceId}-${spanId}-0${flag}`];
  if (state !== undefined) fields.push("tracestate", state);
  if (form === "b3") fields.push("b3", `${traceId}-${spanId}-${flag}`);
  if (form === "b3multi") fields.push("X-B3-TraceId", traceId, "X-B3-SpanId", spanId, "X-B3-Sampled", flag);
  return fields;
}

import type { Logger } from "#base/log.ts";
import type { Recording } from "#contracts/api/recording.ts";
import type { Admitted, Recorder, Step } from "#gateway/pipeline/index.ts";
import { readContext } from "#gateway/trace/index.ts";
import type { LineWriter } from "../line-writer.ts";
import { writtenAddress, type AddressDetail } from "../written-address.ts";
import { BodyTape } from "./body-tape.ts";
import { RecordedInbound } from "./recorded-inbound.ts";
import { recordingRules, type RecordingRules } from "./rules.ts";
import { writtenBody } from "./written-body.ts";

export interface RecordingsOptions {
  /** Undefined: this node has no place for them. */
  lines: Pick<LineWriter, "push" | "takeDropped" | "takeWritten"> | undefined;
  /** This machine. */
  node: string;
  addresses: AddressDetail;
  clientAddressOf(exchange: Admitted): string;
  random(): number;
  nowUs(): number;
  log: Logger;
}

/** Of recordings since the last time, by what became of them. */
export type RecordingOutcomes = Record<"written" | "dropped" | "no_place", number>;

/** What the recordings of calls in flight may hold, in each worker. */
const MAX_HELD_BYTES = 64 * 1_024 * 1_024;
/** Beside the bodies. */
const HEAD_BYTES = 4_096;
const ADDRESS_HEADERS = ["forwarded", "x-forwarded-for", "x-real-ip", "true-client-ip", "cf-connecting-ip"];

/** Whole exchanges on their way to their place: one line of JSON each, redacted before it is put together. */
export class Recordings implements Recorder {
  readonly #options: RecordingsOptions;
  readonly #hiddenHeaders: ReadonlySet<string>;
  #heldBytes = 0;
  #dropped = 0;
  #noPlace = 0;

  constructor(options: RecordingsOptions) {
    this.#options = options;
    // An address that is to be truncated must not stand in full beside it.
    this.#hiddenHeaders = new Set(options.addresses === "full" ? [] : ADDRESS_HEADERS);
  }

  stepFor(wanted: Recording, auth: unknown): Step<"admit"> | undefined {
    const rules = recordingRules(wanted, auth, Date.now());
    return rules && ((exchange) => this.#begin(exchange, rules));
  }

  #begin(exchange: Admitted, rules: RecordingRules): undefined {
    if (exchange.nowMs >= rules.untilMs) return undefined;
    if (rules.share < 1 && this.#options.random() >= rules.share) return undefined;
    const hasPlace = this.#options.lines !== undefined;
    const [requestBytes, responseBytes] = hasPlace ? [rules.requestBodyBytes, rules.responseBodyBytes] : [0, 0];
    const holds = requestBytes + responseBytes + HEAD_BYTES;
    if (this.#heldBytes + holds > MAX_HELD_BYTES) {
      this.#dropped += 1;
      return undefined;
    }
    this.#heldBytes += holds;
    const tapes = { request: new BodyTape(requestBytes), response: new BodyTape(responseBytes) };
    const recorded = new RecordedInbound(exchange.inbound, tapes, () => {
      this.#heldBytes -= holds;
      this.#ended(exchange, recorded, rules);
    });
    exchange.inbound = recorded;
    return undefined;
  }

  /** Counts start anew each time. */
  takeOutcomes(): RecordingOutcomes {
    const { lines } = this.#options;
    const outcomes = {
      written: lines?.takeWritten() ?? 0,
      dropped: this.#dropped + (lines?.takeDropped() ?? 0),
      no_place: this.#noPlace,
    };
    this.#dropped = 0;
    this.#noPlace = 0;
    return outcomes;
  }

  #ended(exchange: Admitted, recorded: RecordedInbound, { statuses, redactor }: RecordingRules): void {
    const { lines, log } = this.#options;
    const { status } = exchange;
    if (statuses !== null && !statuses.has(status) && !statuses.has(`${Math.floor(status / 100)}xx`)) return;
    if (lines === undefined) {
      this.#noPlace += 1;
      return;
    }
    try {
      lines.push(`${JSON.stringify(this.#recordOf(exchange, recorded, redactor))}\n`);
    } catch (error) {
      // Above is only the answer that has just ended: what cannot be written down must not end the worker with it.
      this.#dropped += 1;
      log.error({ err: error, requestId: exchange.requestId }, "an exchange could not be recorded");
    }
  }

  #recordOf(exchange: Admitted, recorded: RecordedInbound, redactor: RecordingRules["redactor"]) {
    const { api, plan, fields, startedAtUs, upstreamStartedAtUs } = exchange;
    const { node, addresses } = this.#options;
    const endedAtUs = this.#options.nowUs();
    return {
      time: new Date(exchange.nowMs).toISOString(),
      node,
      requestId: exchange.requestId,
      traceId: exchange.trace?.traceId ?? readContext(fields)?.traceId ?? null,
      api: api?.id ?? null,
      version: api?.version ?? null,
      operation: plan?.operation ?? null,
      method: exchange.method,
      path: exchange.path,
      query: redactor.query(exchange.query),
      protocol: recorded.version,
      client: writtenAddress(this.#options.clientAddressOf(exchange), addresses),
      status: exchange.status,
      reason: exchange.reason,
      totalUs: Math.round(endedAtUs - startedAtUs),
      gatewayUs: Math.round((upstreamStartedAtUs > 0 ? upstreamStartedAtUs : endedAtUs) - startedAtUs),
      upstreamUs: exchange.upstreamUs < 0 ? null : Math.round(exchange.upstreamUs),
      request: this.#request(recorded, redactor),
      response: this.#response(recorded, redactor),
    };
  }

  #request(recorded: RecordedInbound, redactor: RecordingRules["redactor"]) {
    const { fields, hasBody, isTunnel, request } = recorded;
    const about = { type: fields.get("content-type"), encoding: fields.get("content-encoding") };
    return {
      headers: redactor.headers(fields.raw, this.#hiddenHeaders),
      body: hasBody && !isTunnel ? writtenBody(request, about, redactor) : null,
    };
  }

  /** Null: none was begun. */
  #response({ answerFields, isTunnel, response }: RecordedInbound, redactor: RecordingRules["redactor"]) {
    if (!isTunnel && !response.begun) return null;
    const headers = redactor.headers(answerFields, this.#hiddenHeaders);
    const about = { type: headers["content-type"], encoding: headers["content-encoding"] };
    return { headers, body: isTunnel ? null : writtenBody(response, about, redactor) };
  }
}

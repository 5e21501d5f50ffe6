/**
 * Record: one wide record an exchange, aggregated in the worker per set of dimensions with histograms that merge. It must
 * not wait, write or send on the request's path; what finds no room is counted as dropped, never lost in silence.
 */
export { AccessLog } from "./access-log.ts";
export { LineWriter } from "./line-writer.ts";
export { Recordings, type RecordingOutcomes } from "./recording/recordings.ts";
export type { AddressDetail } from "./written-address.ts";
export { Aggregator, type GatewayTimes } from "./aggregator.ts";
export { EntryMerger } from "./entry-merger.ts";

import type { ResolvedApi } from "#contracts/api/resolved.ts";
import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import type { Certificate } from "#contracts/config/listener.ts";
import type { GatewaySettings } from "#contracts/config/file.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import type { ShutAddress } from "#gateway/identity/index.ts";
import type { Bucket, ExactAnswer, LeaseAnswer, LeaseRequest, Outage, Refund } from "#gateway/limit/index.ts";
import type { TracingSettings } from "#gateway/trace/index.ts";
import type { AddressDetail, GatewayTimes, RecordingOutcomes } from "#gateway/record/index.ts";
import type { ClientFigures } from "#gateway/serve/index.ts";
import type { KeyOutcome } from "#gateway/session/index.ts";
import type { Findings, UpstreamFigures } from "#gateway/upstream/index.ts";
import type { NonceUse } from "./nonce-questions.ts";

/** Where lines about exchanges go: those of the access log, or recordings. */
export interface LinePlace {
  /** Undefined: stdout. */
  path: string | undefined;
  addresses: AddressDetail;
}

/** What a worker is told once, at its start. */
export interface WorkerSettings {
  listen: { host: string; port: number };
  reusePort: boolean;
  redis: { url: string; prefix: string } | undefined;
  /** Names the worker among the holders of leases. */
  holder: string;
  /** Of this node. */
  workers: number;
  logLevel: string;
  tracing: TracingSettings | undefined;
  accessLog: LinePlace | undefined;
  /** Undefined: what APIs ask to have recorded finds no place here. */
  recordings: LinePlace | undefined;
  trustedProxies: string[];
  denyPrivate: boolean;
  upstreamAllow: string[];
}

/** Structured clones over the process channel; both ends are the same program, so they are not parsed. */
export type ToWorker =
  | { type: "start"; settings: WorkerSettings }
  | {
      type: "configure";
      seq: number;
      /** APIs in their order; those that are not in `changed` are the worker's already. */
      order: string[];
      changed: ResolvedApi[];
      policies: readonly Policy[];
      certificates: readonly Certificate[];
      settings: GatewaySettings;
    }
  | { type: "keys"; items: { hash: string; key: KeyRecord | null }[] }
  | { type: "forgetKeys" }
  /** What the primary found out about targets, before the configuration that names them or after. */
  | { type: "targets"; findings: readonly Findings[] }
  | { type: "answer"; id: number; value: KeyOutcome | LeaseAnswer | ExactAnswer | readonly boolean[] }
  /** Addresses that tried wrong secrets too often, at whichever worker. */
  | { type: "shut"; addresses: readonly ShutAddress[] }
  /** For tickets of TLS sessions, the same for all workers; a secret of the node that is kept in memory alone. */
  | { type: "ticketKeys"; keys: Buffer }
  /** Of stores, all of them each time; before the configuration that names them. */
  | { type: "secrets"; values: [reference: string, value: string][] }
  /** Files that are written to may have been renamed. */
  | { type: "reopenLogs" }
  | { type: "announceDrain" }
  | { type: "drain"; limitMs: number };

export type FromWorker =
  | { type: "listening"; port: number }
  | { type: "failed"; code: string | undefined; message: string }
  | { type: "applied"; seq: number; quarantined: { entity: string; reason: string }[] }
  | { type: "key"; id: number; hash: string }
  | { type: "lease"; id: number; request: LeaseRequest }
  | { type: "exact"; id: number; buckets: readonly Bucket[]; outage: Outage | undefined }
  | { type: "giveBack"; refund: Refund }
  | { type: "wrongAttempt"; address: string; nowMs: number }
  | { type: "nonces"; id: number; uses: readonly NonceUse[] }
  | ({
      type: "counts";
      entries: AnalyticsEntry[];
      gatewayTimes: GatewayTimes[];
      droppedRecords: number;
      inFlight: number;
      memoryBytes: number;
      storeDegraded: boolean;
      upstream: UpstreamFigures;
      /** Since the last time. */
      droppedLogLines: number;
      droppedSpans: number;
      recordings: RecordingOutcomes;
      /** Calls that wait for their turn now. */
      waiting: number;
      /** Allowances by values or tokens of callers that left for want of room, since the worker's start. */
      droppedAllowances: number;
      /** Tokens and issuers that left their cache for want of room, since the worker's start. */
      forgottenTokens: number;
      /** Nonces of signatures that the cluster's store could not be asked about, since the worker's start. */
      unsharedNonces: number;
    } & ClientFigures)
  | { type: "drained"; cutOff: number };

import type { AnalyticsEntry } from "#contracts/analytics/batch.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { KeyOutcome } from "#gateway/session/index.ts";
import type { Applied, Configuration } from "./configuration.ts";
import type { Management } from "./management.ts";

/** What a source may ask of the node that it configures. */
export interface ConfiguredNode {
  /** Resolves when every worker serves it; rejects with the reason, and then the one before goes on serving. */
  apply(configuration: Configuration): Promise<Applied>;
  /** Keys that changed; null: revoked or deleted. */
  pushKeys(items: { hash: string; key: KeyRecord | null }[]): void;
  /** What came could not be read or served, and what was before goes on; for figures, since the source has said why. */
  refused(): void;
  /** What came is what is served: a change that was refused was taken back. */
  stands(): void;
  /** Served now, or undefined before the first. */
  current(): Applied | undefined;
  figures(): NodeFigures;
}

export interface NodeFigures {
  /** Address that clients reach this node at. */
  listen: string;
  workers: number;
  connections: number;
  memoryBytes: number;
}

/** Where configuration and keys come from: files, or the link. One of them drives a node, through the same door. */
export interface Source {
  /** What has to be known before workers start. Throws `UsageError` for a mistake of whoever starts the gateway. */
  open(): Promise<{ redisPrefix: string }>;
  /** Delivers what there is, then every change, until `stop`. */
  start(node: ConfiguredNode): Promise<void>;
  resolveKey(hash: string): Promise<KeyOutcome>;
  /** Counts of the workers, once. */
  record(entries: AnalyticsEntry[], droppedRecords: number): void;
  /** Nodes of this cluster that are up, where somebody counts them; undefined while nobody has. */
  liveNodes?(): number | undefined;
  /** A secret of a store is another now. Workers have it already; this is for what was made of it. */
  secretsChanged?(): Promise<unknown>;
  /** Reads the configuration again; throws with the reason where that fails. */
  reload(): Promise<unknown>;
  status(): Record<string, unknown>;
  /** Absent where the configuration is another's to change. */
  management?: Management;
  /** Hands over what still waits and lets go. */
  stop(): Promise<void>;
}

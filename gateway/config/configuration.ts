import type { ResolvedApi } from "#contracts/api/resolved.ts";
import type { Certificate } from "#contracts/config/listener.ts";
import type { GatewaySettings } from "#contracts/config/file.ts";
import type { KeyRecord } from "#contracts/key/record.ts";
import type { Policy } from "#contracts/policy/policy.ts";
import type { Quarantined } from "#contracts/revision/snapshot.ts";

/** What a source delivers: APIs not parsed yet, so that one bad API can be told from a bad whole. */
export interface Configuration {
  revision: number;
  /** SHA-256, hex. */
  hash: string;
  /** Names of APIs that no tag of this node loads. A control plane does not send them. */
  otherShards?: readonly string[];
  apis: readonly unknown[];
  policies: readonly Policy[];
  /** File configuration brings all its keys; null: keys come over the link, one by one. */
  keys: readonly KeyRecord[] | null;
  certificates: readonly Certificate[];
  settings: GatewaySettings;
  /** An API that cannot be used: a file is served whole or not at all; over the link the others go on without it. */
  onBadApi: "refuse" | "quarantine";
  /**
   * Whether certificates that are not served yet are proven first. Not those of files, which were as they were read, and
   * not those that a disk kept: what expired since must not take the APIs away.
   */
  provesCertificates?: boolean;
}

/** Parsed and compiled once for proof; what the workers get. Plain data, so that it can be sent. */
export interface ParsedConfiguration {
  revision: number;
  hash: string;
  apis: readonly ResolvedApi[];
  policies: readonly Policy[];
  certificates: readonly Certificate[];
  settings: GatewaySettings;
  quarantined: readonly Quarantined[];
}

/** What this node serves, in its own words. */
export interface Applied {
  revision: number;
  hash: string;
  tookMs: number;
  atMs: number;
  apis: number;
  quarantined: readonly Quarantined[];
  /** APIs of the configuration that this node leaves to nodes with other tags. */
  otherShards: readonly string[];
}

import type { Logger } from "#base/log.ts";
import type { Region } from "#contracts/deployment/region.ts";
import type { RegionClient } from "#infra/local/client.ts";
import type { EngineChildren } from "./engine-child.ts";
import type { RunLedger } from "./ledger.ts";
import type { Lease } from "./lease.ts";
import type { RunStepName } from "#contracts/deployment/run.ts";

/** What the operator set up, the same for every run of this worker. */
export interface WorkerSettings {
  /** 32 bytes; opens the sealed secrets. */
  masterKey: Uint8Array;
  /** Ed25519, raw, base64url. */
  consolePublicKey: string;
  consoleUrl: string;
  regions: Region[];
  /** Each stack's own folder is `<folder>/<org>/<deployment>`. */
  stacksFolder: string;
  controlPlaneEntry: string;
  controlPlaneMigrations: string;
  gatewayEntry: string;
  /** Private ranges that upstreams may be in. */
  upstreamAllow: string;
  quietAfterMs: number;
}

/** All that the steps of one run work with. */
export interface RunContext {
  settings: WorkerSettings;
  lease: Lease;
  ledger: RunLedger;
  region: RegionClient;
  children: EngineChildren;
  /** Aborted when the user cancels, when the lease is lost, or when the worker stops. */
  signal: AbortSignal;
  log: Logger;
}

/** Runs one step and tells how it went. */
export async function inStep<T>({ ledger, signal }: RunContext, name: RunStepName, task: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  await ledger.step(name, "running");
  try {
    const value = await task();
    await ledger.step(name, "succeeded");
    return value;
  } catch (error) {
    // An aborted run may have lost its lease, so this word may be refused; the error that matters is the first one.
    await ledger.step(name, "failed").catch(() => undefined);
    throw error;
  }
}

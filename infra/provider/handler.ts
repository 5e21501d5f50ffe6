import type { RegionClient } from "#infra/local/client.ts";

/** What Pulumi hands over: property bags whose shape `check` has proved. */
export type Inputs = Record<string, unknown> & { stack: string; name: string };
export type Outputs = Inputs;

/**
 * One kind of resource. `put` serves create and update alike: the region's names are deterministic, so a create that is
 * done again after a crash finds its own thing.
 */
export interface ResourceHandler {
  /** Outputs that Pulumi must keep encrypted, beside the inputs that came as secrets. */
  secretOutputs: readonly string[];
  /** Problems of the inputs, by property; `{}` when there are none. */
  problems(inputs: Inputs): Record<string, string>;
  put(region: RegionClient, inputs: Inputs): Promise<Outputs>;
  /** What there is now; undefined when it is gone. */
  read(region: RegionClient, known: Outputs): Promise<Outputs | undefined>;
  remove(region: RegionClient, known: Outputs): Promise<void>;
}

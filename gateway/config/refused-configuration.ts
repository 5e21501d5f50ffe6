import { UsageError } from "#gateway/usage-error.ts";

/** What was found wrong only when a configuration was to be served. */
export interface Fault {
  /** Null: it is of the whole configuration. */
  api: string | null;
  /** Within the API, or within the configuration: `settings.listeners[0].port`; empty where it is the whole of it. */
  path: string;
  message: string;
}

/** A configuration that is whole and well written, and cannot be served. What was served before still is. */
export class RefusedConfiguration extends UsageError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ api, path, message }) => [api, path, message].filter(Boolean).join(": ")));
    this.faults = faults;
  }
}

/** Of an API that could not be compiled or placed: plugins begin their reason with the setting that it is about. */
export function faultOf({ entity, reason }: { entity: string; reason: string }): Fault {
  const [, path = "", message = reason] = /^([A-Za-z][\w.[\]]*): (.*)$/s.exec(reason) ?? [];
  return { api: entity, path, message };
}

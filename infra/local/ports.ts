import { isFree } from "#base/loopback.ts";
import { RegionError } from "./errors.ts";
import type { Store } from "./store.ts";

export interface PortRange {
  first: number;
  last: number;
}

/** The ports of the console's `CAUSEWAY_PORT`: P+100 … P+999, so that two checkouts side by side do not meet. */
export function portRangeOf(consolePort: number): PortRange {
  return { first: consolePort + 100, last: Math.min(consolePort + 999, 65_535) };
}

/** Hands out ports that nobody in the region holds and no other program listens on. */
export interface Ports {
  allocate(stack: string, holder: string): Promise<number>;
  release(port: number): void;
}

export function portsOf(store: Store, range: PortRange): Ports {
  const held = store.state.ports;
  let next = range.first;
  return {
    async allocate(stack, holder) {
      for (let tried = range.first; tried <= range.last; tried += 1) {
        const port = next;
        // Going round gives a port that was let go a long rest before somebody else answers on it.
        next = port >= range.last ? range.first : port + 1;
        if (held[port]) continue;
        held[port] = { stack, holder };
        if (await isFree(port)) return port;
        delete held[port];
      }
      throw new RegionError(
        "ports_exhausted",
        `No port is free from ${range.first} to ${range.last}. Destroy something, or move the range with CAUSEWAY_PORT.`,
      );
    },
    release(port) {
      delete held[port];
    },
  };
}

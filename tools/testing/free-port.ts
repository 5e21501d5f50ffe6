import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { isFree } from "#base/loopback.ts";

/** A loopback port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

/** The first of `length` ports that are below the system's own range and of which the first and last were free. */
export async function freePortRange(length: number): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    // Not at a thousand: Next and browsers refuse 6000, which was X11's.
    const first = 4_050 + randomInt(20) * length;
    if ((await isFree(first)) && (await isFree(first + length - 1))) return first;
  }
  throw new Error(`no ${length} ports are free`);
}

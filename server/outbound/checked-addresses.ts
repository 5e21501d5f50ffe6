import { lookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { bareHost } from "#base/host-address.ts";
import { inRanges, type Ranges } from "#base/address-ranges.ts";
import { isPublicAddress } from "#base/public-address.ts";

/** Every address of a name, as the system finds them. */
export type Resolve = (hostname: string) => Promise<string[]>;

export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * The addresses of a URL's host, if each of them may be reached. One that may not is enough to refuse: a name with a
 * public and a private address would otherwise reach the private one on a second try.
 */
export async function checkedAddresses(
  host: string,
  { allow, resolve, signal }: { allow: Ranges; resolve: Resolve; signal: AbortSignal },
): Promise<{ addresses: string[] } | { refusal: string }> {
  const hostname = bareHost(host);
  const addresses = await within(signal, resolve(hostname)).catch(() => []);
  if (addresses.length === 0) return { refusal: `${hostname} has no address.` };
  const denied = addresses.find((address) => !isPublicAddress(address) && !inRanges(allow, address));
  return denied === undefined
    ? { addresses }
    : { refusal: `${hostname} is a private address (${denied}); the operator does not allow fetching from it.` };
}

/** A look-up cannot be called off; what it finds after the deadline is not waited for. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Connects to what was checked, whatever the name resolves to by then (DNS rebinding). */
export function pinnedTo(addresses: string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, done) => {
    if (options.all) done(null, found);
    else done(null, found[0]!.address, found[0]!.family);
  };
}

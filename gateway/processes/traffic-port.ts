import { createServer, type AddressInfo } from "node:net";
import { UsageError } from "#gateway/usage-error.ts";

/**
 * Makes sure that nobody listens there, and turns port 0 into a number. Workers then share the port (SO_REUSEPORT), which
 * by itself would also share it with a stranger's process and never say so.
 */
export function claimPort({ host, port }: { host: string; port: number }, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => reject(new UsageError(sentenceFor(error, name, host, port))));
    probe.listen({ host, port, exclusive: true }, () => {
      // A TCP server's address is an AddressInfo; strings are for pipes.
      const taken = (probe.address() as AddressInfo).port;
      probe.close(() => resolve(taken));
    });
  });
}

export function sentenceFor(error: NodeJS.ErrnoException, name: string, host: string, port: number): string {
  const place = `${name} ${host}:${port}`;
  if (error.code === "EADDRINUSE")
    return `${place}: another program listens there; stop it, or choose another address with ${name}`;
  if (error.code === "EACCES") return `${place}: this account may not listen there; choose a port above 1023`;
  if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND")
    return `${place}: this machine has no such address; use 0.0.0.0 or 127.0.0.1`;
  return `${place}: ${error.message}`;
}

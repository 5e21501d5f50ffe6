import { connect, createServer } from "node:net";

/** Whether something takes connections at a port of this machine, or at the path of a Unix socket. */
export function listens(at: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = typeof at === "number" ? connect(at, "127.0.0.1") : connect(at);
    probe.once("connect", () => resolve(Boolean(probe.destroy())));
    probe.once("error", () => resolve(false));
  });
}

/** Whether a port of this machine could be listened on a moment ago. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, host: "127.0.0.1", exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

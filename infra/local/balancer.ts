import { connect, createServer, type Server, type Socket } from "node:net";
import { backoffMs } from "#base/backoff.ts";
import { errnoOf, RegionError } from "./errors.ts";

/** Per endpoint; past it a connection is closed at once, and its client tries again. */
const MAX_CONNECTIONS = 10_000;

/**
 * A stable address before replicas that come and go: connections go round the targets of this moment. A target that
 * refuses is passed over for the next one: nothing was sent yet, so that is safe. Connections under way are left alone
 * when their replica leaves; it closes them itself while it drains.
 */
export class Balancer {
  readonly port: number;
  readonly #targets: () => number[];
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #next = 0;
  #closed = false;

  get listening(): boolean {
    return this.#server.listening;
  }

  constructor(port: number, targets: () => number[]) {
    this.port = port;
    this.#targets = targets;
    // Reading starts when a replica has answered, so that nothing of the client's is lost meanwhile.
    this.#server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, (client) =>
      this.#accept(client),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (error) => reject(this.#taken(error)));
      this.#server.listen(this.port, "127.0.0.1", resolve);
    });
  }

  /** For restarts: the address is promised, so this keeps trying while another program has it. */
  async listenSoon(onProblem: (problem: string) => void): Promise<void> {
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        return await this.listen();
      } catch (error) {
        onProblem(error instanceof Error ? error.message : String(error));
        await new Promise((resolve) => setTimeout(resolve, 100 + backoffMs(attempt, { baseMs: 200, maxMs: 5_000 })));
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const socket of this.#open) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    const targets = this.#targets();
    const first = this.#next++ % Math.max(1, targets.length);
    this.#hold(client);
    client.on("error", () => client.destroy());
    this.#dial(client, [...targets.slice(first), ...targets.slice(0, first)]);
  }

  #dial(client: Socket, targets: number[]): void {
    const [target, ...others] = targets;
    if (target === undefined || client.destroyed) return void client.destroy();
    const upstream = connect({ port: target, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    this.#hold(upstream);
    const onRefused = () => this.#dial(client, others);
    upstream.once("error", onRefused);
    upstream.once("connect", () => {
      upstream.off("error", onRefused);
      upstream.on("error", () => client.destroy());
      upstream.once("close", () => client.destroySoon());
      client.once("close", () => upstream.destroySoon());
      client.pipe(upstream);
      upstream.pipe(client);
    });
  }

  #hold(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
  }

  #taken(error: Error): Error {
    if (errnoOf(error) !== "EADDRINUSE") return error;
    return new RegionError(
      "port_in_use",
      `Port ${this.port} is taken by another program. Stop it, then try again.`,
      error,
    );
  }
}

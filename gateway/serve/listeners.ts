import type { Certificate, Listener } from "#contracts/config/listener.ts";
import type { Logger } from "#base/log.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import { CertificateBook } from "./certificate-book.ts";
import { Port, type PortHooks } from "./port.ts";

const BACKLOG = 4_096;
/** How soon a certificate whose files changed is served. */
const REFRESH_MS = 2_000;

/** The ports that a configuration asks for, opened and closed as it changes; connections outlive their port. */
export class Listeners {
  readonly #hooks: PortHooks;
  readonly #reusePort: boolean;
  readonly book: CertificateBook;
  readonly #ports = new Map<string, Port>();
  #wanted: readonly Listener[] = [];
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(hooks: PortHooks, { reusePort, secrets, log }: { reusePort: boolean; secrets: Secrets; log: Logger }) {
    this.#hooks = hooks;
    this.#reusePort = reusePort;
    this.book = new CertificateBook(secrets, log);
  }

  /** Rejects with the system's error when a port cannot be had. */
  async use(listeners: readonly Listener[], certificates: readonly Certificate[]): Promise<void> {
    this.#wanted = listeners;
    this.book.use(certificates);
    this.#timer ??= setInterval(() => this.#refresh(), REFRESH_MS).unref();
    const names = new Set(listeners.map(nameOf));
    for (const [name, port] of this.#ports) {
      if (names.has(name)) continue;
      this.#ports.delete(name);
      await port.close();
    }
    for (const listener of listeners) await this.#open(listener);
  }

  /** Sessions from now on; a client with an older ticket makes a whole handshake once more. */
  useTicketKeys(keys: Buffer): void {
    this.book.ticketKeys = keys;
    this.#speak();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(Array.from(this.#ports.values(), (port) => port.close()));
  }

  async #open(listener: Listener): Promise<void> {
    const existing = this.#ports.get(nameOf(listener));
    if (existing) return existing.speak(listener);
    const port = new Port(listener, this.book, this.#hooks);
    const { host, port: number } = listener;
    await port.listen({ host, port: number, reusePort: this.#reusePort, backlog: BACKLOG });
    this.#ports.set(nameOf(listener), port);
  }

  #refresh(): void {
    if (this.book.refresh()) this.#speak();
  }

  /** A port's base context carries tickets' keys and the certificate for clients that ask for no name: it is made anew. */
  #speak(): void {
    for (const listener of this.#wanted) this.#ports.get(nameOf(listener))?.speak(listener);
  }
}

function nameOf({ host, port }: Listener): string {
  return `${host} ${port}`;
}

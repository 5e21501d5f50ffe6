import { createServer, type AddressInfo, type ListenOptions, type Server, type Socket } from "node:net";
import type { SecureContext, TLSSocket } from "node:tls";
import type { Listener } from "#contracts/config/listener.ts";
import type { Connection } from "#gateway/pipeline/index.ts";
import type { CertificateBook } from "./certificate-book.ts";
import { connectionOf } from "./connection.ts";
import { takeProxyHeader } from "./proxy-protocol.ts";
import { secure } from "./tls-handshake.ts";

const PROXY_HEADER_MS = 5_000;
/** As long as a port is let run empty: where connections never cease to come, there is no moment that is better than another. */
const MOST_TURNS = 5_000;

export interface PortHooks {
  trusts(address: string): boolean;
  /** False: the connection is one too many. */
  admits(socket: Socket): boolean;
  /** A connection whose bytes are HTTP; `h2` where ALPN agreed on it. */
  onHttp(socket: Socket, connection: Connection, protocol: "http/1.1" | "h2"): void;
  onStream(socket: Socket, targets: Readonly<Record<string, string>>): void;
}

/** What a port speaks; may change while it is open. */
export type PortSpeech = Pick<Listener, "tls" | "proxyProtocol" | "forward">;

/** One address that a worker listens on: from the accepted socket to a connection that is understood. */
export class Port {
  readonly #server: Server;
  readonly #hooks: PortHooks;
  readonly #book: CertificateBook;
  #speech: PortSpeech;
  #base: SecureContext | undefined = undefined;
  #accepted = 0;

  constructor(speech: PortSpeech, book: CertificateBook, hooks: PortHooks) {
    this.#hooks = hooks;
    this.#book = book;
    this.#speech = speech;
    this.speak(speech);
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /** For connections that are accepted from now on. */
  speak(speech: PortSpeech): void {
    this.#speech = speech;
    this.#base = speech.tls && this.#book.baseContext(speech.tls);
  }

  /** Resolves to the address once connections are taken; rejects with the system's error (EADDRINUSE and its kin). */
  listen(options: ListenOptions): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(options, () => {
        this.#server.off("error", reject);
        // A TCP server's address is an AddressInfo; strings are for pipes.
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /**
   * No new connections; those that stand are their owners' business. With a port the kernel resets what waits to be accepted
   * there, and those clients believed that they were connected; so the waiting ones are let in first, one a turn (libuv).
   */
  async close(): Promise<void> {
    let quietTurns = 0;
    for (let turn = 0; turn < MOST_TURNS && quietTurns < 2; turn += 1) {
      const before = this.#accepted;
      await new Promise((resolve) => setImmediate(resolve));
      quietTurns = this.#accepted === before ? quietTurns + 1 : 0;
    }
    this.#server.close();
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    // A reset is the client's business; what was under way learns of it by the close that follows.
    socket.on("error", () => {});
    if (!this.#hooks.admits(socket)) return void socket.destroy();
    const facts = connectionOf(socket, (address) => this.#hooks.trusts(address));
    const speech = this.#speech;
    if (!speech.proxyProtocol) return this.#protect(socket, facts, speech);
    takeProxyHeader(socket, PROXY_HEADER_MS, (client) => {
      const told = client === null ? facts : { ...facts, address: client.address };
      this.#protect(socket, { ...told, trusted: this.#hooks.trusts(told.address) }, speech);
    });
  }

  #protect(socket: Socket, facts: Connection, speech: PortSpeech): void {
    const { tls, forward } = speech;
    if (tls === undefined) return this.#deliver(socket, facts, forward);
    const options = { tls, isStream: forward !== undefined, base: this.#base!, book: this.#book };
    secure(socket, options, (secured: TLSSocket) => this.#deliver(secured, { ...facts, tls: secured }, forward));
  }

  #deliver(socket: Socket, facts: Connection, forward: Listener["forward"]): void {
    if (forward !== undefined) return this.#hooks.onStream(socket, forward);
    const agreed = facts.tls?.alpnProtocol;
    this.#hooks.onHttp(socket, facts, agreed === "h2" ? "h2" : "http/1.1");
  }
}

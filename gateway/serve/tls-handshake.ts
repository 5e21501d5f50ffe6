import type { Socket } from "node:net";
import { TLSSocket, type SecureContext } from "node:tls";
import type { Listener } from "#contracts/config/listener.ts";
import type { CertificateBook } from "./certificate-book.ts";

/** A client that takes longer is let go. */
const HANDSHAKE_MS = 10_000;
const ALPN = {
  http1: Buffer.from("\x08http/1.1", "latin1"),
  both: Buffer.from("\x02h2\x08http/1.1", "latin1"),
};

export interface HandshakeOptions {
  tls: NonNullable<Listener["tls"]>;
  /** The proxied protocol is not HTTP, so none is offered. */
  isStream: boolean;
  base: SecureContext;
  book: CertificateBook;
}

/** The server's side of a TLS handshake on a connection that stands already (a PROXY header may have come before it). */
export function secure(socket: Socket, options: HandshakeOptions, use: (secured: TLSSocket) => void): void {
  const { tls, isStream, base, book } = options;
  const secured = new TLSSocket(socket, {
    isServer: true,
    secureContext: base,
    requestCert: tls.clientCertificates === "request",
    // Which certificates are good each API says (auth: mtls); here the client is only asked for one.
    rejectUnauthorized: false,
    SNICallback: (name, done) => {
      const context = book.find(name);
      done(context ? null : new Error("no certificate for this name"), context);
    },
    ...(isStream ? {} : { ALPNProtocols: (tls.http2 ? ALPN.both : ALPN.http1) as unknown as string[] }),
  });
  const timer = setTimeout(() => secured.destroy(), HANDSHAKE_MS);
  secured.on("error", () => secured.destroy());
  secured.once("close", () => clearTimeout(timer));
  secured.once("secure", () => {
    clearTimeout(timer);
    use(secured);
    // What tls.Server says of a socket that it made itself; an HTTP/2 session waits for it.
    secured.emit("secureConnect");
  });
}

import { connect, type ConnectionOptions } from "node:tls";

export interface Visit {
  resumed: boolean;
  /** What the client may resume with; undefined where it was given nothing. */
  session: Buffer | undefined;
  text: string;
}

/** One TLS connection that says `hello` and reads until its end, resuming a session where one is given. */
export function visit(options: ConnectionOptions, hello = ""): Promise<Visit> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", ...options });
    const seen: Visit = { resumed: false, session: undefined, text: "" };
    socket.once("secureConnect", () => {
      seen.resumed = socket.isSessionReused();
      socket.write(hello);
    });
    socket.on("session", (session: Buffer) => (seen.session = session));
    socket.on("data", (chunk: Buffer) => (seen.text += chunk.toString("latin1")));
    socket.once("error", reject);
    socket.once("close", () => resolve(seen));
  });
}

import WebSocket from "ws";
import { CHALLENGE_HEADER } from "#contracts/link/messages.ts";

const HANDSHAKE_MS = 10_000;
/** A snapshot of ten thousand APIs is about twenty megabytes. */
const MOST_FRAME_BYTES = 256 * 1_024 * 1_024;

/** The control plane answered the upgrade with a status in place of a link: 401 refused, 410 retired. */
export class UpgradeRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the control plane answered the link's upgrade with ${status}`);
    this.status = status;
  }
}

export interface OpenSocket {
  socket: WebSocket;
  /** What the greeting signs. */
  challenge: string;
}

/** Opens the one outbound connection. Rejects with `UpgradeRefused`, or with the network's error. */
export function openSocket(url: string, credential: string, signal: AbortSignal): Promise<OpenSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${credential}` },
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MOST_FRAME_BYTES,
      perMessageDeflate: { threshold: 4_096 },
    });
    const abort = () => socket.terminate();
    signal.addEventListener("abort", abort, { once: true });
    socket.once("close", () => signal.removeEventListener("abort", abort));
    let challenge = "";
    socket.once("upgrade", (response) => (challenge = String(response.headers[CHALLENGE_HEADER] ?? "")));
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      socket.terminate();
      reject(new UpgradeRefused(response.statusCode ?? 0));
    });
    // After the opening too: an error is followed by `close`, which is where the session ends.
    socket.on("error", reject);
    socket.once("open", () => resolve({ socket, challenge }));
  });
}

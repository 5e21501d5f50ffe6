import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { ServerSession, type Inbound, type ServerTimes } from "#gateway/wire/index.ts";
import { openRawSession } from "./h2-frames.ts";

const PACE = { bytesPerSecond: 1_000, graceMs: 400 };

/** A session that talks to a raw client of loopback. What ends both is added to `closing`. */
export async function serveSession(
  closing: (() => void)[],
  times: Omit<ServerTimes, "headMs">,
  onRequest: (inbound: Inbound) => void,
  ...pairs: [number, number][]
) {
  const sessions: ServerSession[] = [];
  const malformed: string[] = [];
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    closing.push(() => socket.destroy());
    const onMalformed = ({ message }: Error) => malformed.push(message);
    sessions.push(new ServerSession(socket, { times, pace: PACE, maxHeadBytes: 32_768, onRequest, onMalformed }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const raw = await openRawSession((server.address() as AddressInfo).port, ...pairs);
  closing.push(() => raw.socket.destroy());
  return Object.assign(raw, { session: () => sessions[0]!, malformed });
}

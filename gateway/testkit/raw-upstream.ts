import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** A request as its bytes came. */
export interface RawRequest {
  /** Request line and fields, without the empty line. */
  head: string;
  body: string;
}

export interface RawUpstream {
  url: string;
  port: number;
  /** Whole requests, in their order. */
  requests: RawRequest[];
  /** All bytes of each connection since `forget`. */
  bytes(): string[];
  forget(): void;
  stop(): void;
}

/** An upstream without an HTTP library, so that nothing tidies up what reached it: answers 200 to each whole request. */
export async function startRawUpstream(): Promise<RawUpstream> {
  let connections: { text: string }[] = [];
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let record = { text: "" };
    let pending = "";
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.on("data", (data) => {
      if (!connections.includes(record)) connections.push((record = { text: "" }));
      record.text += data.toString("latin1");
      pending += data.toString("latin1");
      for (let next = takeRequest(pending); next !== undefined; next = takeRequest(pending)) {
        pending = next.rest;
        requests.push(next.request);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    bytes: () => connections.map(({ text }) => text),
    forget() {
      requests.length = 0;
      connections = [];
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The first whole request of the text and what follows it. */
function takeRequest(text: string): { request: RawRequest; rest: string } | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const after = text.slice(end + 4);
  const bytes = /^transfer-encoding: *chunked$/im.test(head) ? chunkedBytes(after) : lengthOf(head);
  if (bytes === undefined || after.length < bytes) return undefined;
  return { request: { head, body: after.slice(0, bytes) }, rest: after.slice(bytes) };
}

function lengthOf(head: string): number {
  return Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0);
}

function chunkedBytes(text: string): number | undefined {
  let at = 0;
  for (;;) {
    const line = /^([0-9a-f]+)[^\r\n]*\r\n/i.exec(text.slice(at));
    if (line === null) return undefined;
    at += line[0].length;
    const size = Number.parseInt(line[1]!, 16);
    if (size > 0) at += size + 2;
    else {
      const end = text.indexOf("\r\n", at) === at ? at + 2 : text.indexOf("\r\n\r\n", at) + 4;
      return end <= 3 ? undefined : end;
    }
  }
}

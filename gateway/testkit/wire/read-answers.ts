import { request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { ClientPool } from "#gateway/wire/index.ts";
import { namedFields } from "./read-messages.ts";

/** An answer as a reader understood it; undefined where it was refused or cut. */
export interface ReadAnswer {
  status: number;
  fields: string[];
  body: string;
}

export interface AnswerReaders {
  asGateway(method: string, pieces: readonly Buffer[]): Promise<ReadAnswer | undefined>;
  asNode(method: string, pieces: readonly Buffer[]): Promise<ReadAnswer | undefined>;
  stop(): void;
}

/** A server that answers each connection with given bytes and closes it, and two readers of what it says. */
export async function startAnswerReaders(): Promise<AnswerReaders> {
  let answer: readonly Buffer[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    const pieces = answer;
    socket.on("error", () => {});
    socket.once("data", () => {
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const { port } = server.address() as AddressInfo;
  return {
    asGateway(method, pieces) {
      answer = pieces;
      return readAsGateway(port, method);
    },
    asNode(method, pieces) {
      answer = pieces;
      return readAsNode(port, method);
    },
    stop: () => server.close(),
  };
}

function readAsGateway(port: number, method: string): Promise<ReadAnswer | undefined> {
  const dial = { target: { host: "127.0.0.1", port }, tls: null, connectMs: 5_000 };
  const pool = new ClientPool(dial, { connections: 1, waiting: 1 });
  const chunks: Buffer[] = [];
  let answer: ReadAnswer | undefined;
  return new Promise<ReadAnswer | undefined>((resolve) => {
    const times = { headersMs: 5_000, idleMs: 5_000, tunnelIdleMs: 5_000 };
    const body = { hasBody: false, bodyLength: undefined, acceptsTrailers: false, upgrade: undefined };
    pool.dispatch(
      { method, path: "/", authority: "a", scheme: "http", fields: [], ...body, ...times },
      {
        onStart: () => {},
        onInform: () => {},
        onHead: ({ status, fields }) => (answer = { status, fields: namedFields(fields), body: "" }),
        onData: (chunk) => void chunks.push(Buffer.from(chunk)),
        onPause: () => {},
        onEnd: () => resolve(answer && { ...answer, body: Buffer.concat(chunks).toString("latin1") }),
        onTunnel: () => resolve(undefined),
        onDrain: () => {},
        onWanted: () => {},
        onError: () => resolve(undefined),
      },
    );
  }).finally(() => pool.destroy());
}

function readAsNode(port: number, method: string): Promise<ReadAnswer | undefined> {
  return new Promise((resolve) => {
    const sent = request({ host: "127.0.0.1", port, method, agent: false, maxHeaderSize: 65_536 });
    sent.on("error", () => resolve(undefined));
    sent.on("upgrade", (_response, socket) => {
      socket.destroy();
      resolve(undefined);
    });
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => resolve(undefined));
      response.once("end", () => {
        const { statusCode: status = 0, rawHeaders, complete } = response;
        const body = Buffer.concat(chunks).toString("latin1");
        resolve(complete ? { status, fields: namedFields(rawHeaders), body } : undefined);
      });
    });
    sent.end();
  });
}

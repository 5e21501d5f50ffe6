import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { ServerConnection, type Inbound, type ServerTimes } from "#gateway/wire/index.ts";
import { MemorySocket } from "./memory-socket.ts";

/** A request as a reader understood it. */
export interface ReadRequest {
  method: string;
  target: string;
  /** Names in lower case, as `name: value`. */
  fields: string[];
  body: string;
}

/** All that a reader made of a connection's bytes. */
export interface Reading {
  requests: ReadRequest[];
  /** Why the connection was ended, where bytes were refused. */
  refused: string | undefined;
}

const TIMES: ServerTimes = {
  headMs: 60_000,
  idleMs: 60_000,
  bodyIdleMs: 60_000,
  stalledMs: 60_000,
  lingerMs: 5,
  firstMs: 5,
};

/** How the gateway's own parser reads them; each request is answered when its body has ended. */
export function readAsGateway(pieces: readonly Buffer[]): Promise<Reading> {
  return readWith(pieces, []);
}

/** The trailers of all the bodies. */
export async function readTrailersOf(pieces: readonly Buffer[]): Promise<string[]> {
  const trailers: string[] = [];
  await readWith(pieces, trailers);
  return trailers;
}

async function readWith(pieces: readonly Buffer[], trailers: string[]): Promise<Reading> {
  const reading: Reading = { requests: [], refused: undefined };
  const memory = new MemorySocket();
  const { socket } = new ServerConnection(memory.socket, {
    times: TIMES,
    pace: { bytesPerSecond: 0, graceMs: 60_000 },
    maxHeadBytes: 32_768,
    onRequest: (inbound) => collect(inbound, reading.requests, trailers),
    onMalformed: (one, problem) => {
      reading.refused = problem === "timeout" ? problem : problem.message;
      one.destroy();
    },
    onPreface: (one) => {
      reading.refused = "preface";
      one.destroy();
    },
  });
  await Promise.all([memory.send(pieces), endOf(socket)]);
  return reading;
}

function collect(inbound: Inbound, requests: ReadRequest[], trailers: string[]): void {
  const { method, target, fields } = inbound;
  const chunks: Buffer[] = [];
  inbound.readBody({
    onBodyData: (chunk) => void chunks.push(Buffer.from(chunk)),
    onBodyEnd: (ended) => {
      trailers.push(...(ended ?? []));
      const body = Buffer.concat(chunks).toString("latin1");
      requests.push({ method, target, fields: namedFields(fields.raw), body });
      inbound.respond(204, [], { close: false, bodiless: true });
      inbound.end();
    },
  });
}

/** How Node's own server reads them: llhttp, strict. */
export async function readAsNode(pieces: readonly Buffer[]): Promise<Reading> {
  const reading: Reading = { requests: [], refused: undefined };
  const memory = new MemorySocket();
  const server = createServer({ insecureHTTPParser: false, maxHeaderSize: 32_768, keepAliveTimeout: 0 });
  server.on("request", (request, response) => {
    const chunks: Buffer[] = [];
    request.on("error", () => {});
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      if (!request.complete) return;
      reading.requests.push(understood(request, Buffer.concat(chunks)));
      response.writeHead(204).end();
    });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    reading.refused ??= error.code ?? error.message;
    // Not at once: what was whole before the error is still on its way through the request's stream.
    setImmediate(() => socket.destroy());
  });
  server.emit("connection", memory);
  await Promise.all([memory.send(pieces), endOf(memory.socket)]);
  const status = /^HTTP\/1\.1 (4\d\d)/m.exec(memory.text)?.[1];
  if (status !== undefined) reading.refused ??= status;
  return reading;
}

function understood({ method = "", url = "", rawHeaders }: IncomingMessage, body: Buffer): ReadRequest {
  return { method, target: url, fields: namedFields(rawHeaders), body: body.toString("latin1") };
}

export function namedFields(raw: readonly string[]): string[] {
  const named: string[] = [];
  for (let index = 0; index < raw.length; index += 2) named.push(`${raw[index]!.toLowerCase()}: ${raw[index + 1]!}`);
  return named;
}

/** Resolves when the connection has ended, whoever ended it. */
function endOf(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

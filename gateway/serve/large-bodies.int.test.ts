import { once } from "node:events";
import { connect as connectHttp2, type ClientHttp2Stream } from "node:http2";
import { createServer, request as requestHttp, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";

const MIB = 1_024 * 1_024;
/** `BODY_MIB=1024` for a gibibyte, by hand. */
const BODY_BYTES = Number(process.env.BODY_MIB ?? 384) * MIB;
/**
 * What a worker may hold more than before while a body passes, whatever its size: 190 MiB were the most that was seen, at
 * 256 and at 1,024 MiB alike. Nearly all of it are copies of pieces that were sent and that no collection has freed yet.
 */
const MOST_GROWTH_BYTES = 256 * MIB;
/** A side that is slow rests for a turn of the clock this often. */
const SLOW_EVERY_BYTES = 4 * MIB;

let gateway: BootedGateway;
let port: number;
const server = createServer((request, response) => void serve(request).then((count) => response.end(String(count))));
const downloads = createServer((_request, response) => {
  response.setHeader("content-length", BODY_BYTES);
  body(false).pipe(response);
});

/** Reads all of a request; slowly where its path asks for it. */
async function serve(request: IncomingMessage): Promise<number> {
  return countedOf(request, request.url === "/slow");
}

beforeAll(async () => {
  for (const one of [server, downloads]) await once(one.listen(0, "127.0.0.1"), "listening");
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const urlOf = (one: typeof server) => `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
  gateway = await bootGateway({
    apis: [
      { id: "up", listen: "/up", auth: "none", upstream: urlOf(server) },
      { id: "down", listen: "/down", auth: "none", upstream: urlOf(downloads) },
    ],
    settings: { maxRequestBodyBytes: BODY_BYTES },
  });
  port = Number(new URL(gateway.url).port);
});
afterAll(async () => {
  await gateway.stop();
  server.close();
  downloads.close();
});

const PIECE = Buffer.alloc(64 * 1_024, "x");

function body(isSlow: boolean): Readable {
  let sent = 0;
  return new Readable({
    read() {
      if (sent >= BODY_BYTES) return void this.push(null);
      sent += PIECE.length;
      if (isSlow && sent % SLOW_EVERY_BYTES === 0) setTimeout(() => this.push(PIECE), 20);
      else this.push(PIECE);
    },
  });
}

async function countedOf(stream: Readable, isSlow: boolean): Promise<number> {
  let count = 0;
  let rested = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      count += chunk.length;
      if (!isSlow || count - rested < SLOW_EVERY_BYTES) return done();
      rested = count;
      setTimeout(done, 20);
    },
  });
  await pipeline(stream, sink);
  return count;
}

async function residentBytes(): Promise<number> {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  return Number(/^causeway_workers_resident_bytes (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

/** The most that the worker held, beyond what it held before, while `work` went on. */
async function growthDuring(work: Promise<unknown>): Promise<number> {
  const before = await residentBytes();
  let most = 0;
  let over = false;
  void work.finally(() => (over = true));
  while (!over) {
    most = Math.max(most, (await residentBytes()) - before);
    // Between two looks; the work itself says when it is over.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await work;
  return Math.max(most, (await residentBytes()) - before);
}

async function download(isSlow: boolean): Promise<number> {
  const sent = requestHttp({ port, host: "127.0.0.1", path: "/down/", agent: false });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return countedOf(response, isSlow);
}

async function upload(path: string, isSlow: boolean): Promise<number> {
  const sent = requestHttp({ port, host: "127.0.0.1", path: `/up${path}`, method: "POST", agent: false });
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  await pipeline(body(isSlow), sent);
  const [response] = await answered;
  return Number(await textOf(response));
}

async function overHttp2(path: string, use: (stream: ClientHttp2Stream) => Promise<number>, isPost: boolean) {
  const session = connectHttp2(gateway.url);
  const stream = session.request({ ":path": path, ":method": isPost ? "POST" : "GET" }, { endStream: !isPost });
  try {
    return await use(stream);
  } finally {
    session.destroy();
  }
}

async function uploadOn(stream: ClientHttp2Stream, isSlow: boolean): Promise<number> {
  const answered = textOf(stream);
  body(isSlow).pipe(stream);
  return Number(await answered);
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe("a body that is large passes whole, and the worker holds a little of it at a time", () => {
  test.for<[string, () => Promise<number>]>([
    ["down over HTTP/1.1, to a slow reader", () => download(true)],
    ["up over HTTP/1.1, from a slow writer", () => upload("/", true)],
    ["up over HTTP/1.1, to a slow upstream", () => upload("/slow", false)],
    ["down over HTTP/2, to a slow reader", () => overHttp2("/down/", (stream) => countedOf(stream, true), false)],
    ["up over HTTP/2, from a slow writer", () => overHttp2("/up/", (stream) => uploadOn(stream, true), true)],
    ["up over HTTP/2, to a slow upstream", () => overHttp2("/up/slow", (stream) => uploadOn(stream, false), true)],
  ])("%s", { timeout: 300_000 }, async ([what, pass], { annotate }) => {
    const work = pass();
    const growth = await growthDuring(work);
    await annotate(
      `${what}: ${BODY_BYTES / MIB} MiB passed, the worker grew by at most ${Math.round(growth / MIB)} MiB`,
    );
    expect(await work).toBe(BODY_BYTES);
    expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
  });
});

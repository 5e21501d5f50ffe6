import { once, type EventEmitter } from "node:events";
import { Agent, get } from "node:http";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import {
  FLAG,
  FRAME,
  frame,
  literal,
  openRawSession,
  requestBlock,
  settings,
  type RawSession,
} from "#gateway/testkit/wire/h2-frames.ts";

/** More than a loaded machine needs, and far less than a gateway that is held up. */
const WELL_WITHIN_MS = 1_000;
/** What the attackers of one test may cost a worker, for good or for a while. */
const MOST_GROWTH_BYTES = 192 * 1_024 * 1_024;
/** Of an answer that is not taken: what was read of it at once, on either side of a session to its upstream. */
const MOST_HELD_BYTES = 192 * 1_024;
const LARGE = Buffer.alloc(1_024 * 1_024);
/** Workers tell their size every two seconds. */
const UNTIL_TOLD_MS = 2_500;
const WHOLE = FLAG.endHeaders | FLAG.endStream;

let gateway: BootedGateway;
let upstream: Upstream;
let http2: Http2Server;
let port: number;
/** Unending answers under way at the upstream, and how many were so at once in this test. */
let held = 0;
let mostHeld = 0;
/** What a well-behaved client asks for. */
let quick = "/";
const sockets: Socket[] = [];

function hold(answer: EventEmitter): void {
  held += 1;
  mostHeld = Math.max(mostHeld, held);
  answer.once("close", () => (held -= 1));
}

async function startHttp2(): Promise<string> {
  // Its own bound on what a session may hold is not what is looked at.
  http2 = createServer({ maxSessionMemory: 1_000 });
  http2.on("stream", (opened, headers) => {
    // A server has no streams of its own making here.
    const stream = opened as ServerHttp2Stream;
    stream.on("error", () => {});
    stream.respond({ ":status": 200 });
    if (headers[":path"] !== "/unending") return stream.end("ok");
    hold(stream);
    return stream.write(LARGE.subarray(0, 256 * 1_024));
  });
  http2.listen(0, "127.0.0.1");
  await once(http2, "listening");
  return `http://127.0.0.1:${(http2.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  upstream = await startUpstream((request, response) => {
    if (request.url === "/large") return response.end(LARGE);
    if (request.url !== "/unending") return response.end("ok");
    hold(response);
    return response.write(LARGE.subarray(0, 256 * 1_024));
  });
  const two = await startHttp2();
  gateway = await bootGateway({
    apis: [
      { id: "any", listen: "/", auth: "none", upstream: upstream.url },
      { id: "two", listen: "/two", auth: "none", upstream: { targets: [two], protocol: "http2" } },
    ],
  });
  port = Number(new URL(gateway.url).port);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  http2.close();
});
afterEach(() => {
  mostHeld = 0;
  quick = "/";
  for (const socket of sockets.splice(0)) socket.destroy();
});

function open(): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  sockets.push(socket);
  return socket;
}
async function openH2(...pairs: [number, number][]): Promise<RawSession> {
  const session = await openRawSession(port, ...pairs);
  sockets.push(session.socket);
  return session;
}

/** Over a connection of its own: a kept one may be closed by the other side during an attack. 0: none was told yet. */
async function toldBytes(): Promise<number> {
  const text = await new Promise<string>((resolve, reject) => {
    get(`${gateway.adminUrl}/metrics`, { agent: false }, (response) => {
      let said = "";
      response.setEncoding("utf8").on("data", (part: string) => (said += part));
      response.once("end", () => resolve(said));
    }).once("error", reject);
  });
  return Number(/^causeway_workers_resident_bytes (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

/** The 99th percentile of a well-behaved client's waits, while `until` has not come. */
async function waitsWhile(until: Promise<unknown>): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const waits: number[] = [];
  let over = false;
  void until.finally(() => (over = true));
  while (!over || waits.length < 100) {
    const began = performance.now();
    await new Promise<void>((resolve, reject) => {
      get({ port, host: "127.0.0.1", path: quick, agent }, (response) => {
        response
          .resume()
          .once("end", () =>
            response.statusCode === 200 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
          );
      }).once("error", reject);
    });
    waits.push(performance.now() - began);
  }
  agent.destroy();
  return waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.99)]!;
}

/** Others are served well meanwhile, and the worker stays, at its size. */
async function expectWithstood(attack: Promise<unknown>, mostGrowth = MOST_GROWTH_BYTES): Promise<void> {
  await waitUntil(async () => (await toldBytes()) > 0, { what: "the worker has told its size", timeoutMs: 10_000 });
  const before = await toldBytes();
  expect(await waitsWhile(attack)).toBeLessThan(WELL_WITHIN_MS);
  await attack;
  expect((await toldBytes()) - before).toBeLessThan(mostGrowth);
  expect((await gateway.status()).workers.restarts).toBe(0);
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));

/** Writes a piece whenever the one before was taken, until the other side has had enough. */
function flood({ socket }: { socket: Socket }, piece: () => Buffer): Promise<unknown> {
  const push = (): void => {
    while (!socket.destroyed && socket.write(piece()));
    if (!socket.destroyed) socket.once("drain", () => setImmediate(push));
  };
  push();
  return closed(socket);
}

test("two thousand half-open connections and as many dripping heads harm nobody", async () => {
  const many = Array.from({ length: 2_000 }, open);
  await waitUntil(() => many.every(({ connecting }) => !connecting), { what: "all stand", timeoutMs: 20_000 });
  const drips = async () => {
    for (const piece of ["GET / HTTP/1.1\r\n", "Host: a\r\n", "X: y\r\n", "X: y\r\n"]) {
      for (const [index, socket] of many.entries()) if (index % 2 === 0) socket.write(piece);
      // Slowness is the attack: there is nothing else to wait for.
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  await expectWithstood(drips());
});

test("a head without end is refused at its bound", async () => {
  const socket = open();
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString()));
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n");
  await expectWithstood(flood({ socket }, () => Buffer.from(`X: ${"y".repeat(1_000)}\r\n`.repeat(64))));
  expect(text === "" || text.startsWith("HTTP/1.1 431")).toBe(true);
});

test("a client that trickles after it was refused is let go in a few seconds all the same", async () => {
  const socket = open();
  socket.write("GET / HTTP/1.1\r\n\r\n");
  const trickle = setInterval(() => socket.write("x"), 100);
  await expectWithstood(closed(socket));
  clearInterval(trickle);
});

test("requests whose answers are not taken wait, and do not pile up", async () => {
  const many = Array.from({ length: 20 }, open);
  for (const socket of many) {
    socket.pause();
    socket.write("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2_000));
  }
  const seen = () => upstream.seen.filter(({ url }) => url === "/large").length;
  await waitUntil(() => seen() >= 20, { what: "all have begun", timeoutMs: 10_000 });
  await expectWithstood(new Promise((resolve) => setTimeout(resolve, UNTIL_TOLD_MS)));
  expect(seen()).toBeLessThan(20 * 20);
});

test("streams that are reset at once end their session", async () => {
  const session = await openH2();
  let stream = -1;
  const pair = () => {
    stream += 2;
    const reset = frame(FRAME.reset, 0, stream, Buffer.from([0, 0, 0, 8]));
    return Buffer.concat([frame(FRAME.headers, WHOLE, stream, requestBlock("GET", "/")), reset]);
  };
  await expectWithstood(flood(session, pair));
});

test("streams that this side is made to reset end their session just so", async () => {
  const session = await openH2();
  let stream = -1;
  const pair = () => {
    stream += 2;
    // A window that grows by nothing is an error of its stream (RFC 9113, 6.9).
    const nothing = frame(FRAME.window, 0, stream, Buffer.alloc(4));
    return Buffer.concat([frame(FRAME.headers, WHOLE, stream, requestBlock("GET", "/unending")), nothing]);
  };
  await expectWithstood(flood(session, pair));
  await waitUntil(() => held === 0, { what: "the upstream holds none of them", timeoutMs: 10_000 });
});

test.each<[string, () => Buffer]>([
  ["CONTINUATION", () => frame(FRAME.continuation, 0, 1, literal("x", "y".repeat(100)))],
  ["empty CONTINUATION", () => frame(FRAME.continuation, 0, 1)],
])("a header block of %s frames without end ends its session", async (_what, piece) => {
  const session = await openH2();
  session.socket.write(frame(FRAME.headers, 0, 1, requestBlock("GET", "/")));
  await expectWithstood(flood(session, piece));
});

test.each<[string, () => Buffer]>([
  ["PING", () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
  ["SETTINGS", () => frame(FRAME.settings, 0, 0)],
])("%s frames without end, whose answers are not read, end their session", async (_what, piece) => {
  const session = await openH2();
  session.socket.pause();
  let over = false;
  const attack = flood(session, piece);
  void attack.then(() => (over = true));
  // A paused socket is told of its end when it is read again.
  const looking = setInterval(() => session.socket.writableLength === 0 || session.socket.resume(), 3_000);
  // A bound on the wait, not a wait: an attack that is not ended by then fails below.
  await expectWithstood(Promise.race([attack, new Promise((resolve) => setTimeout(resolve, 10_000))]));
  clearInterval(looking);
  expect(over).toBe(true);
});

const OPEN_STREAM = 1;
test.each<[string, () => Buffer]>([
  ["PING", () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
  ["SETTINGS", () => settings([4, 65_535])],
  ["PRIORITY", () => frame(2, 0, OPEN_STREAM, Buffer.alloc(5))],
  ["WINDOW_UPDATE", () => frame(FRAME.window, 0, 0, Buffer.from([0, 0, 0, 1]))],
  ["unknown", () => frame(0x42, 0, 0)],
  ["empty DATA", () => frame(FRAME.data, 0, OPEN_STREAM)],
  ["padded DATA", () => frame(FRAME.data, 8, OPEN_STREAM, Buffer.alloc(9, 8))],
])(
  "%s frames without end end their session beside a stream that is open, however well their answers are read",
  async (_what, piece) => {
    const session = await openH2();
    session.socket.resume();
    session.socket.write(frame(FRAME.headers, FLAG.endHeaders, OPEN_STREAM, requestBlock("POST", "/unending")));
    const many = Buffer.concat(Array.from({ length: 500 }, piece));
    await expectWithstood(flood(session, () => many));
    await waitUntil(() => held === 0, { what: "the upstream holds nothing of it", timeoutMs: 10_000 });
  },
);

test("bodies in chunks of one byte, as fast as they go, leave others their turn", async () => {
  const bodies = Array.from({ length: 4 }, open);
  const many = Buffer.from("1\r\nx\r\n".repeat(10_000));
  for (const body of bodies) body.write("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const attacks = bodies.map((socket) => flood({ socket }, () => many));
  await expectWithstood(new Promise((resolve) => setTimeout(resolve, UNTIL_TOLD_MS)));
  for (const body of bodies) body.destroy();
  await Promise.all(attacks);
});

test("a header list of a megabyte is refused, spelled out or as references to one entry", async () => {
  const spelled = Buffer.concat(Array.from({ length: 10_000 }, (_, index) => literal(`x-${index}`, "y".repeat(100))));
  // One entry of 4,000 bytes in the table (RFC 7541, 6.2.1), then one byte each time it is meant: index 62.
  const length = 4_000 - 127;
  const entry = Buffer.concat([
    Buffer.from([0x40, 1, 0x78, 127, (length & 0x7f) | 0x80, length >> 7]),
    Buffer.alloc(4_000, "y"),
  ]);
  const bomb = Buffer.concat([entry, Buffer.alloc(8_000, 0x80 | 62)]);
  for (const block of [spelled, bomb]) {
    const before = upstream.seen.length;
    const session = await openH2();
    const whole = Buffer.concat([requestBlock("GET", "/bomb"), block]);
    const pieces = Array.from({ length: Math.ceil(whole.length / 16_000) }, (_, at) =>
      whole.subarray(at * 16_000, (at + 1) * 16_000),
    );
    for (const [at, piece] of pieces.entries()) {
      const flags = (at === pieces.length - 1 ? FLAG.endHeaders : 0) | (at === 0 ? FLAG.endStream : 0);
      session.socket.write(frame(at === 0 ? FRAME.headers : FRAME.continuation, flags, 1, piece));
    }
    const refused = waitUntil(
      // An answer can only be the refusal: nothing of it reaches the upstream.
      () =>
        session.socket.destroyed || session.seen.some(({ type }) => type === FRAME.headers || type === FRAME.goaway),
      { what: "it is refused", timeoutMs: 10_000 },
    );
    await expectWithstood(refused);
    expect(upstream.seen.slice(before).some(({ url }) => url === "/bomb")).toBe(false);
  }
});

test.each([
  // A worker has 1,024 connections to an origin, or 16 sessions of 100 streams.
  { over: "HTTP/1.1", path: "/unending", sessions: 12, most: 1_024 },
  { over: "HTTP/2", path: "/two/unending", sessions: 17, most: 1_600 },
])(
  "windows that stay shut hold all of an upstream's $over for a moment at most: who reads is served, and soon nothing is held",
  async ({ path, sessions: number, most }) => {
    const sessions = await Promise.all(Array.from({ length: number }, () => openH2([4, 0])));
    // The request that others make meanwhile goes to the same upstream.
    quick = path.replace("unending", "");
    for (const { socket } of sessions)
      for (let stream = 1; stream < 1_000; stream += 2)
        socket.write(frame(FRAME.headers, WHOLE, stream, requestBlock("GET", path)));
    const isRefused = ({ seen, socket }: RawSession) =>
      socket.destroyed || seen.some(({ type }) => type === FRAME.reset || type === FRAME.goaway);
    const over = async () => {
      await waitUntil(() => sessions.every(isRefused), { what: "each is refused what is too much", timeoutMs: 15_000 });
      await waitUntil(() => mostHeld >= most * 0.9, { what: "all of it was held", timeoutMs: 15_000 });
      await waitUntil(() => held === 0, { what: "nothing is held any more", timeoutMs: 30_000 });
    };
    await expectWithstood(over(), most * MOST_HELD_BYTES);
  },
  60_000,
);

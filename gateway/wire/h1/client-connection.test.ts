import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import type { OutboundRequest, OutboundStream, UpstreamError } from "../outbound.ts";
import { ClientPool } from "./client-pool.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Upstream {
  pool: ClientPool;
  /** Connections that were made so far. */
  sockets: Socket[];
  /** What came on each. */
  came: string[];
}

/** An upstream by hand: `onRequest` is called with each connection's socket whenever a head has come whole. */
async function startUpstream(onRequest: (socket: Socket, head: string) => void, connections = 10): Promise<Upstream> {
  const sockets: Socket[] = [];
  const came: string[] = [];
  const server: Server = createServer({ noDelay: true }, (socket) => {
    const at = sockets.push(socket) - 1;
    came[at] = "";
    let pending = "";
    socket.on("error", () => {});
    socket.on("data", (data) => {
      came[at] += data.toString("latin1");
      pending += data.toString("latin1");
      for (let end = pending.indexOf("\r\n\r\n"); end !== -1; end = pending.indexOf("\r\n\r\n")) {
        const head = pending.slice(0, end);
        pending = pending.slice(end + 4);
        if (/^[A-Z]+ \//.test(head)) onRequest(socket, head);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const { port } = server.address() as AddressInfo;
  const dial = { target: { host: "127.0.0.1", port }, tls: null, connectMs: 5_000 };
  const pool = new ClientPool(dial, { connections, waiting: 1_000 });
  closing.push(() => {
    pool.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { pool, sockets, came };
}

interface Outcome {
  status: number | undefined;
  body: string;
  error: UpstreamError | undefined;
  tunnelled: boolean;
  informed: number;
}

const PLAIN: OutboundRequest = {
  ...{ method: "GET", path: "/", authority: "a", scheme: "http", fields: [], hasBody: false, bodyLength: undefined },
  ...{ acceptsTrailers: false, upgrade: undefined, headersMs: 20_000, idleMs: 20_000, tunnelIdleMs: 20_000 },
};

function send(pool: ClientPool, more: Partial<OutboundRequest> = {}, onStart = (_stream: OutboundStream) => {}) {
  const outcome: Outcome = { status: undefined, body: "", error: undefined, tunnelled: false, informed: 0 };
  return new Promise<Outcome>((resolve) => {
    pool.dispatch(
      { ...PLAIN, ...more },
      {
        onStart,
        onInform: () => (outcome.informed += 1),
        onHead: ({ status }) => (outcome.status = status),
        onData: (chunk) => (outcome.body += chunk.toString("latin1")),
        onPause: () => {},
        onEnd: () => resolve(outcome),
        onTunnel: () => resolve({ ...outcome, tunnelled: true }),
        onDrain: () => {},
        onWanted: () => {},
        onError: (error) => resolve({ ...outcome, error }),
      },
    );
  });
}

const ok = (body: string, fields = "") => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`;
const pathOf = (head: string) => head.split(" ")[1]!;

describe("a connection that is wanted while its answer is not read", () => {
  const MANY = "x".repeat(100_000);

  /** A request whose reader stops at the first bytes; resolves when it is asked to let go, which it does. */
  function stall(pool: ClientPool) {
    let began = () => {};
    const beginning = new Promise<void>((resolve) => (began = resolve));
    const wanted = new Promise<number>((resolve) => {
      const stream: OutboundStream = pool.dispatch(PLAIN, {
        onStart: () => {},
        onInform: () => {},
        onHead: () => {},
        onData: () => {
          stream.pause();
          began();
        },
        onPause: () => {},
        onEnd: () => {},
        onTunnel: () => {},
        onDrain: () => {},
        onWanted: () => {
          stream.abort();
          resolve(performance.now());
        },
        onError: () => {},
      });
    });
    return { beginning, wanted };
  }

  test("is given to a request that waits, once the client had half a second; nobody is asked while none waits", async () => {
    const { pool } = await startUpstream((socket, head) => {
      if (pathOf(head) === "/") socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${MANY}`);
      else socket.write(ok(`for ${pathOf(head)}`));
    }, 2);
    const stalled = [stall(pool), stall(pool)];
    await Promise.all(stalled.map(({ beginning }) => beginning));
    const began = performance.now();
    const [answer, wantedAt] = await Promise.all([
      send(pool, { path: "/1" }),
      Promise.race(stalled.map((one) => one.wanted)),
    ]);
    expect(answer.body).toBe("for /1");
    expect(wantedAt - began).toBeGreaterThan(400);
    // The other one was not needed, and has its connection still.
    const other = await Promise.race([Promise.all(stalled.map((one) => one.wanted)), Promise.resolve("kept")]);
    expect(other).toBe("kept");
  });
});

describe("no answer reaches another request than its own", () => {
  test("a hundred requests over a few connections get what their path asked for, in whatever pieces it comes", async () => {
    const { pool, sockets } = await startUpstream((socket, head) => {
      const bytes = ok(`for ${pathOf(head)}`);
      const middle = pathOf(head).length * 7;
      socket.write(bytes.slice(0, middle));
      setImmediate(() => socket.write(bytes.slice(middle)));
    }, 5);
    const paths = Array.from({ length: 100 }, (_, index) => `/${"x".repeat(index % 7)}${index}`);
    const answers = await Promise.all(paths.map((path) => send(pool, { path })));
    expect(answers.map(({ body }) => body)).toEqual(paths.map((path) => `for ${path}`));
    expect(sockets.length).toBe(5);
  });

  test("bytes that come when nobody asked end the connection, and the next request goes over another", async () => {
    const { pool, sockets } = await startUpstream((socket, head) => socket.write(ok(`for ${pathOf(head)}`)));
    await send(pool, { path: "/1" });
    sockets[0]!.write(ok("a stranger's"));
    await once(sockets[0]!, "close");
    expect((await send(pool, { path: "/2" })).body).toBe("for /2");
    expect(sockets.length).toBe(2);
  });

  test.each([
    ["a second answer behind the first", "GET", ok("mine") + ok("a stranger's"), "mine"],
    ["bytes behind the length", "GET", `${ok("mine")}more`, "mine"],
    ["a body behind an answer to HEAD", "HEAD", ok("a stranger's"), ""],
    ["a body behind 204", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nmore", ""],
    ["a body behind 304", "GET", "HTTP/1.1 304 Not Modified\r\n\r\nmore", ""],
    [
      "chunks from HTTP/1.0",
      "GET",
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmine\r\n0\r\n\r\n",
      "mine",
    ],
  ])("%s: the answer stands, the connection is not used again", async (_what, method, bytes, body) => {
    const { pool, sockets } = await startUpstream((socket, head) =>
      socket.write(pathOf(head) === "/1" ? bytes : ok("clean")),
    );
    expect((await send(pool, { method, path: "/1" })).body).toBe(body);
    expect((await send(pool, { path: "/2" })).body).toBe("clean");
    expect(sockets.length).toBe(2);
  });

  test("an answer before the request's end is passed on, and its connection is not used again", async () => {
    const { pool, came } = await startUpstream((socket, head) => socket.write(ok(`for ${pathOf(head)}`)));
    const early = await send(pool, { method: "POST", path: "/1", hasBody: true }, (stream) => {
      stream.write(Buffer.from("part"));
    });
    expect(early.body).toBe("for /1");
    expect((await send(pool, { path: "/2" })).body).toBe("for /2");
    expect(came.map((text) => text.slice(0, 7))).toEqual(["POST /1", "GET /2 "]);
  });
});

describe("an upstream's time and patience", () => {
  test("one that does not read the request is given up after the idle time", async () => {
    const { pool } = await startUpstream((socket) => socket.pause());
    const outcome = await send(pool, { method: "POST", hasBody: true, idleMs: 300 }, (stream) => {
      // More than the system keeps for a reader that does not come.
      for (let count = 0; count < 500; count += 1) stream.write(Buffer.alloc(65_536));
    });
    expect(outcome.error).toMatchObject({ kind: "timeout" });
  });

  test("a client that sends its body slowly is not taken for it", async () => {
    const { pool } = await startUpstream(() => {});
    let stream: OutboundStream | undefined;
    let over = false;
    void send(pool, { method: "POST", hasBody: true, idleMs: 50, headersMs: 50 }, (one) => {
      stream = one;
      one.write(Buffer.from("x"));
    }).then(() => (over = true));
    await waitUntil(() => stream, { what: "the request is on its way", timeoutMs: 5_000, everyMs: 1 });
    const began = performance.now();
    await waitUntil(() => performance.now() - began > 300, { what: "a while", timeoutMs: 5_000 });
    expect(over).toBe(false);
    stream!.end();
    await waitUntil(() => over, { what: "now the answer's time has run out", timeoutMs: 5_000 });
  });

  test("announcements are passed on, to a bound", async () => {
    const hint = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
    const { pool } = await startUpstream((socket, head) =>
      socket.write(pathOf(head) === "/few" ? hint.repeat(3) + ok("x") : hint.repeat(100_000)),
    );
    expect(await send(pool, { path: "/few" })).toMatchObject({ informed: 3, status: 200 });
    const flood = await send(pool, { path: "/many" });
    expect(flood.error).toMatchObject({ kind: "malformed" });
    expect(flood.informed).toBeLessThanOrEqual(32);
  });

  test("a connection that the upstream says it keeps a short time is left before that", async () => {
    const { pool, sockets } = await startUpstream((socket) => socket.write(ok("x", "Keep-Alive: timeout=1\r\n")));
    await send(pool);
    await once(sockets[0]!, "close");
    expect((await send(pool)).body).toBe("x");
  });
});

describe("a change of protocol", () => {
  const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

  test("happens where it was asked for, and nowhere else", async () => {
    const { pool } = await startUpstream((socket) => socket.write(switching));
    expect(await send(pool, { upgrade: "websocket" })).toMatchObject({ tunnelled: true });
    expect((await send(pool)).error).toMatchObject({ kind: "malformed" });
  });

  test("does not happen within the request's body, whose rest would be taken for the other protocol", async () => {
    const { pool } = await startUpstream((socket) => socket.write(switching));
    const outcome = await send(
      pool,
      { upgrade: "websocket", hasBody: true },
      (stream) => void stream.write(Buffer.from("x")),
    );
    expect(outcome.error).toMatchObject({ kind: "malformed" });
  });
});

test("an empty piece of a body does not end it", async () => {
  const { pool, came } = await startUpstream((socket) => void socket);
  const parts = ["a", "", "b"];
  void send(pool, { method: "POST", hasBody: true }, (stream) => {
    for (const part of parts) stream.write(Buffer.from(part));
    stream.end();
  });
  await waitUntil(() => came[0]?.endsWith("0\r\n\r\n"), { what: "the body's end", timeoutMs: 5_000, everyMs: 2 });
  expect(came[0]!.split("\r\n\r\n").slice(1).join("\r\n\r\n")).toBe("1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
});

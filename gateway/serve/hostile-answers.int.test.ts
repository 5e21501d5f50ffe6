import { once } from "node:events";
import { connect as connectHttp2, createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { connect as connectTls } from "node:tls";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { sendRaw } from "#gateway/testkit/raw.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { freePort } from "#tools/testing/free-port.ts";

let gateway: BootedGateway;
let folder: string;
let tlsPort: number;
const closing: (() => unknown)[] = [];

/** What the next connection's requests are answered with, by path. */
const answers = new Map<string, (socket: Socket) => void>();

/** The beginnings of what came to the upstream. */
let came = "";

async function startByHand(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    socket.on("data", (data) => {
      came += data.toString("latin1").slice(0, 2_000);
      const path = /^[A-Z]+ (\/\S*) HTTP/.exec(data.toString("latin1"))?.[1];
      if (path === undefined) return;
      const answer = answers.get(path);
      if (answer) answer(socket);
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nclean");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(
    () => server.close(),
    () => sockets.forEach((socket) => socket.destroy()),
  );
  // A TCP server's address is an AddressInfo; strings are for pipes.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startHttp2ByHand(): Promise<string> {
  const server = createHttp2Server({ strictSingleValueFields: false });
  server.on("stream", (opened, headers) => {
    // A server has no streams of its own making here.
    const stream = opened as ServerHttp2Stream;
    stream.on("error", () => {});
    if (headers[":path"] === "/bare") return stream.respond({ ":status": 200 }, { endStream: true });
    if (headers[":path"] === "/hints")
      for (let count = 0; count < 50; count += 1) stream.additionalHeaders({ ":status": 103, link: "a" });
    stream.resume();
    stream.once("end", () => {
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.once("wantTrailers", () => stream.sendTrailers({ "x-checksum": "a", "set-cookie": "b=c", host: "d" }));
      stream.end(JSON.stringify(headers));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "causeway-hostile-"));
  const { pem, keyPem } = makeCertificate({ subject: "/CN=a", names: ["a"] });
  writeFileSync(join(folder, "a.pem"), pem);
  writeFileSync(join(folder, "a.key"), keyPem);
  const reference = (name: string) => `file://${join(folder, name)}`;
  const [one, two] = [await startByHand(), await startHttp2ByHand()];
  tlsPort = await freePort();
  const http2 = { targets: [two], protocol: "http2" };
  gateway = await bootGateway({
    apis: [
      {
        id: "one",
        listen: "/one",
        auth: "none",
        upstream: { targets: [one], timeouts: { headersMs: 2_000, idleMs: 1_000 } },
      },
      { id: "two", listen: "/two", auth: "none", upstream: http2 },
      {
        id: "named",
        listen: "/named",
        auth: "none",
        upstream: one,
        transform: {
          request: { headers: { set: { "X-City": "Łódź Ċ X: y", "X-Q": "$request.query.q" } } },
          response: { headers: { set: { "X-City": "Łódź Ċ X: y", "X-Q": "$request.query.q" } } },
        },
      },
    ],
    certificates: [{ id: "a", certificate: reference("a.pem"), key: reference("a.key"), default: true }],
    settings: { listeners: [{ host: "127.0.0.1", port: tlsPort, tls: {} }] },
  });
});
afterAll(async () => {
  await gateway.stop();
  for (const close of closing) close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, more = "", method = "GET") =>
  sendRaw(gateway.url, `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`, 4_000);
const last = (path: string) => ask(path, "Connection: close\r\n");

/** The worker that answered before still does: nothing that an upstream says may end it. */
async function isUnharmed(): Promise<void> {
  expect((await last("/one/clean")).text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nclean$/);
  expect((await gateway.status()).workers.restarts).toBe(0);
}

describe("an answer that is none is 502, and the next request is served", () => {
  test.each<[string, string]>([
    ["a length and a coding", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"],
    ["a bad status line", "HTTP/1.1 abc\r\n\r\n"],
    ["a status of no class", "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"],
    ["lines without carriage returns", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"],
    ["another protocol", "SSH-2.0-OpenSSH_9.0\r\n\r\n"],
    ["a change of protocol unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ["a line in a value", "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"],
    ["a head without end", `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(30_000)}`],
    ["a head with a field of 100 KB", `HTTP/1.1 200 OK\r\nX: ${"y".repeat(100_000)}\r\nContent-Length: 0\r\n\r\n`],
    ["announcements without end", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n".repeat(5_000)],
  ])("%s", async (_what, bytes) => {
    answers.set("/bad", (socket) => socket.write(Buffer.from(bytes, "latin1")));
    expect((await last("/one/bad")).text).toMatch(/(?:^|\r\n\r\n)HTTP\/1\.1 502 Bad Gateway\r\n[^]*upstream_malformed/);
    await isUnharmed();
  });

  test("an upstream that takes what it gets and says nothing is 504", async () => {
    answers.set("/silent", () => {});
    expect((await last("/one/silent")).text).toMatch(/^HTTP\/1\.1 504/);
  });

  test("an upstream that reads nothing is 504, when the client has more to send than the system keeps", async () => {
    answers.set("/deaf", (socket) => socket.pause());
    const body = Buffer.alloc(64 * 1_024 * 1_024);
    const head = Buffer.from(`POST /one/deaf HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
    expect((await sendRaw(gateway.url, Buffer.concat([head, body]), 10_000)).text).toMatch(/^HTTP\/1\.1 504/);
    await isUnharmed();
  });
});

describe("an answer that breaks off is cut, so that the client can tell", () => {
  const broken: [string, string][] = [
    ["a body shorter than its length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"],
    ["a chunk that is not whole", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"],
    ["chunks without the last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ["a chunk of another size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n"],
  ];
  test.each(broken)("over HTTP/1.1: %s", async (_what, bytes) => {
    answers.set("/cut", (socket) => socket.end(bytes));
    const seen = await ask("/one/cut").catch((error: NodeJS.ErrnoException) => error.code);
    if (typeof seen === "object") {
      expect(seen.closed).toBe(true);
      expect(seen.text).not.toMatch(/\r\n0\r\n\r\n$/);
    } else expect(seen).toBe("ECONNRESET");
    await isUnharmed();
  });

  test.each(broken)("over TLS: %s", async (_what, bytes) => {
    answers.set("/cut", (socket) => socket.end(bytes));
    const socket = connectTls({ port: tlsPort, host: "127.0.0.1", servername: "a", rejectUnauthorized: false });
    socket.on("error", () => {});
    let text = "";
    socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
    socket.write("GET /one/cut HTTP/1.1\r\nHost: a\r\n\r\n");
    await once(socket, "close");
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
    await isUnharmed();
  });

  test.each(broken)("over HTTP/2: %s", async (_what, bytes) => {
    answers.set("/cut", (socket) => socket.end(bytes));
    expect(await overHttp2("/one/cut")).toMatchObject({ ended: false });
    await isUnharmed();
  });
});

interface Seen {
  status: number | undefined;
  fields: readonly string[];
  text: string;
  trailers: object | undefined;
  /** The stream came to its end, and was not cut. */
  ended: boolean;
}

async function overHttp2(path: string, headers: Record<string, string> = {}): Promise<Seen> {
  const session = connectHttp2(gateway.url);
  session.on("error", () => {});
  const stream = session.request({ ":path": path, ...headers });
  const seen: Seen = { status: undefined, fields: [], text: "", trailers: undefined, ended: false };
  let failed = false;
  stream.on("error", () => (failed = true));
  stream.on("response", (fields, _flags, raw) => Object.assign(seen, { status: fields[":status"], fields: raw }));
  stream.on("trailers", (trailers) => (seen.trailers = { ...trailers }));
  stream.on("data", (chunk: Buffer) => (seen.text += chunk.toString()));
  await once(stream, "close").catch(() => {});
  seen.ended = !failed && stream.rstCode === 0;
  session.destroy();
  return seen;
}

describe("what HTTP/2 forbids and an upstream of HTTP/1.1 says", () => {
  test("two lines of a field that should have one are passed on, and end nobody", async () => {
    answers.set("/twice", (socket) =>
      socket.write(
        "HTTP/1.1 200 OK\r\nETag: a\r\nETag: b\r\nLocation: c\r\nLocation: d\r\nContent-Length: 2\r\n\r\nok",
      ),
    );
    expect(await overHttp2("/one/twice")).toMatchObject({ status: 200, text: "ok", ended: true });
    await isUnharmed();
  });

  test("fields of the connection are left out of head, announcement and trailers", async () => {
    const bad = "Keep-Alive: a\r\nProxy-Connection: b\r\nTE: gzip\r\nUpgrade: c\r\n";
    answers.set("/hop", (socket) =>
      socket.write(
        `HTTP/1.1 103 Early Hints\r\n${bad}Link: d\r\n\r\nHTTP/1.1 200 OK\r\n${bad}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${bad}X-Checksum: e\r\nETag: f\r\nETag: g\r\n\r\n`,
      ),
    );
    const seen = await overHttp2("/one/hop");
    expect(seen).toMatchObject({ status: 200, text: "ok", ended: true, trailers: { "x-checksum": "e" } });
    expect(seen.fields.join(" ")).not.toMatch(/keep-alive|proxy-connection|gzip|upgrade/i);
    await isUnharmed();
  });
});

describe("what HTTP/2 forbids and a client of HTTP/1.1 says", () => {
  test("two lines of a field that should have one are the upstream's to judge", async () => {
    const { text } = await ask(
      "/two/x",
      "User-Agent: a\r\nUser-Agent: b\r\nReferer: c\r\nReferer: d\r\nConnection: close\r\n",
    );
    expect(text).toMatch(/^HTTP\/1\.1 200/);
    await isUnharmed();
  });

  test("trailers that may not go on are left out, both ways", async () => {
    const chunked = "Transfer-Encoding: chunked\r\nTE: trailers\r\nConnection: close, TE\r\n";
    const body =
      "1\r\nx\r\n0\r\nKeep-Alive: a\r\nTE: gzip\r\nProxy-Connection: b\r\nX-Good: c\r\nETag: d\r\nETag: e\r\n\r\n";
    const { text } = await sendRaw(gateway.url, `POST /two/x HTTP/1.1\r\nHost: a\r\n${chunked}\r\n${body}`);
    expect(text).toMatch(/^HTTP\/1\.1 200[^]*\r\n0\r\nx-checksum: a\r\n\r\n$/);
    await isUnharmed();
  });

  test("an answer that is a head alone has an end over HTTP/1.1 too", async () => {
    expect((await ask("/two/bare", "", "GET")).text).toMatch(/\r\nContent-Length: 0\r\n/);
  });

  test("announcements without end from an upstream of HTTP/2 are 502", async () => {
    expect((await last("/two/hints")).text).toMatch(/HTTP\/1\.1 502 Bad Gateway/);
    await isUnharmed();
  });
});

describe("values that are added", () => {
  test("add no line, upstream and to the client, over HTTP/1.1 and HTTP/2", async () => {
    const target = "/named/v?q=%0d%0aX-Evil:%20b%C4%8AX-Evil:%20c";
    came = "";
    const { text: head } = await last(target);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain("X-City: \xc5\x81\xc3\xb3d\xc5\xba \xc4\x8a X: y\r\n");
    for (const bytes of [head, came]) expect(bytes).not.toMatch(/[\r\n]X(-Evil)?: /);
    expect(came).toMatch(/^GET \/v\?q=%0d%0a[^]*\r\nX-City: \xc5\x81\xc3\xb3d\xc5\xba \xc4\x8a X: y\r\n/);
    const seen = await overHttp2(target);
    expect(seen).toMatchObject({ status: 200, text: "clean" });
    expect(seen.fields.filter((part) => /^x(-evil)?$/i.test(part))).toEqual([]);
    await isUnharmed();
  });
});

test("a body that is small only because it is compressed passes untouched", async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1_024 * 1_024));
  answers.set("/bomb", (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
    socket.write(bomb);
  });
  const { text } = await last("/one/bomb");
  const body = Buffer.from(text.slice(text.indexOf("\r\n\r\n") + 4), "latin1");
  expect(body.equals(bomb)).toBe(true);
  expect(gunzipSync(body).length).toBe(50 * 1_024 * 1_024);
});

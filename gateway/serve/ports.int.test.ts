import { connect as connectHttp2 } from "node:http2";
import { once } from "node:events";
import { connect as connectPlain, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import {
  connect as connectTls,
  createServer as createTlsServer,
  type ConnectionOptions,
  type TLSSocket,
} from "node:tls";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, readLiteral, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { makeCertificate } from "#tools/testing/certificates.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { freePort } from "#tools/testing/free-port.ts";

const authority = makeCertificate({ subject: "/CN=Test Authority", authority: true });
const pairFor = (...names: string[]) => makeCertificate({ subject: `/CN=${names[0]}`, issuer: authority, names });

let gateway: BootedGateway;
let upstream: Upstream;
let echo: Server;
let secureEcho: Server;
let folder: string;
const ports = { tls: 0, modern: 0, proxied: 0, proxiedTls: 0, tcp: 0, terminated: 0, passed: 0 };

const reference = (name: string) => `file://${join(folder, name)}`;
function writePair(name: string, ...names: string[]): void {
  const { pem, keyPem } = pairFor(...names);
  // Renamed over the old one, as tools that renew certificates do.
  writeFileSync(join(folder, `${name}.key.new`), keyPem);
  writeFileSync(join(folder, `${name}.pem.new`), pem);
  renameSync(join(folder, `${name}.key.new`), join(folder, `${name}.key`));
  renameSync(join(folder, `${name}.pem.new`), join(folder, `${name}.pem`));
}
const certificate = (id: string, more: object = {}) => ({
  id,
  certificate: reference(`${id}.pem`),
  key: reference(`${id}.key`),
  ...more,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "causeway-ports-"));
  upstream = await startUpstream();
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  const own = pairFor("secret.example");
  secureEcho = createTlsServer({ cert: own.pem, key: own.keyPem }, (socket) => socket.pipe(socket)).listen(
    0,
    "127.0.0.1",
  );
  await Promise.all([once(echo, "listening"), once(secureEcho, "listening")]);
  writePair("api", "api.example", "*.shop.example");
  writePair("other", "other.example");
  const [to, toSecure] = [echo, secureEcho].map((server) => (server.address() as AddressInfo).port);
  const host = "127.0.0.1";
  gateway = await bootGateway(
    {
      apis: [
        { id: "any", listen: "/any", auth: "none", upstream: upstream.url },
        {
          id: "shop",
          listen: { host: "*.shop.example", path: "/any" },
          auth: "none",
          upstream: `${upstream.url}/shop`,
        },
      ],
      certificates: [certificate("api"), certificate("other", { default: true })],
      settings: {
        listeners: [
          { host, port: ports.tls, tls: {} },
          { host, port: ports.modern, tls: { minVersion: "TLSv1.3" } },
          { host, port: ports.proxied, proxyProtocol: true },
          { host, port: ports.proxiedTls, proxyProtocol: true, tls: {} },
          { host, port: ports.tcp, forward: `tcp://127.0.0.1:${to}` },
          { host, port: ports.terminated, tls: {}, forward: `tcp://127.0.0.1:${to}` },
          {
            host,
            port: ports.passed,
            forward: { "secret.example": `tcp://127.0.0.1:${toSecure}`, "*": `tcp://127.0.0.1:${to}` },
          },
        ],
      },
    },
    { workers: 2 },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  echo.close();
  secureEcho.close();
  rmSync(folder, { recursive: true, force: true });
});

function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: "127.0.0.1", port, ca: authority.pem, ...options });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}

async function subjectAt(port: number, servername: string): Promise<string> {
  const socket = await handshake(port, { servername, rejectUnauthorized: false });
  const { subject, serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return `${String(subject.CN)} ${serialNumber}`;
}

/** Reads until the other side has ended. */
async function heard(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => pieces.push(chunk));
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(pieces).toString("latin1");
}

function talk(socket: Socket, bytes: string | Buffer): Promise<string> {
  socket.write(bytes);
  return heard(socket);
}

/** Sends all that it has to send, and reads on. */
function echoed(socket: Socket, bytes: string): Promise<string> {
  socket.end(bytes);
  return heard(socket);
}
const get = (path: string, host = "a") => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

describe("TLS", () => {
  test("the name that a client asks for chooses the certificate; the default serves the rest", async () => {
    expect(await subjectAt(ports.tls, "api.example")).toMatch(/^api\.example /);
    expect(await subjectAt(ports.tls, "north.shop.example")).toMatch(/^api\.example /);
    expect(await subjectAt(ports.tls, "stranger.example")).toMatch(/^other\.example /);
  });

  test("requests say that they came by https, and a custom domain has its own routes", async () => {
    const socket = await handshake(ports.tls, { servername: "north.shop.example" });
    expect(await talk(socket, get("/any/x", "north.shop.example"))).toMatch(/^HTTP\/1.1 200/);
    expect(upstream.last()).toMatchObject({ url: "/shop/x", headers: { "x-forwarded-proto": "https" } });
  });

  test("ALPN agrees on HTTP/2", async () => {
    const session = connectHttp2(`https://127.0.0.1:${ports.tls}`, { ca: authority.pem, servername: "api.example" });
    const stream = session.request({ ":path": "/any/h2" });
    const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
    expect(headers[":status"]).toBe(200);
    expect(session.alpnProtocol).toBe("h2");
    session.destroy();
  });

  test("a client below the port's version is refused", async () => {
    await expect(handshake(ports.modern, { servername: "api.example", maxVersion: "TLSv1.2" })).rejects.toThrow(
      /protocol version/i,
    );
    (await handshake(ports.modern, { servername: "api.example" })).destroy();
  });

  test("a renewed certificate is served without a reload, on every worker, and open connections go on", async () => {
    const standing = await handshake(ports.tls, { servername: "api.example" });
    const before = await subjectAt(ports.tls, "api.example");
    writePair("api", "api.example", "*.shop.example");
    await waitUntil(
      async () => {
        const seen = await Promise.all(Array.from({ length: 8 }, () => subjectAt(ports.tls, "api.example")));
        return new Set(seen).size === 1 && seen[0] !== before;
      },
      { what: "the renewed certificate", timeoutMs: 15_000, everyMs: 100 },
    );
    expect(await talk(standing, get("/any/y"))).toMatch(/^HTTP\/1.1 200/);
  });

  test("a broken renewal changes nothing", async () => {
    const before = await subjectAt(ports.tls, "other.example");
    writeFileSync(join(folder, "other.pem"), "not a certificate");
    await waitUntil(() => gateway.output().includes("a changed certificate cannot be used"), {
      what: "it is told",
      timeoutMs: 15_000,
    });
    expect(await subjectAt(ports.tls, "other.example")).toBe(before);
    writePair("other", "other.example");
  });
});

describe("the PROXY protocol", () => {
  const v2 = (address: number[], port: number) =>
    Buffer.concat([
      Buffer.from("0d0a0d0a000d0a515549540a", "hex"),
      Buffer.from([0x21, 0x11, 0, 12, ...address, 127, 0, 0, 1, port >> 8, port & 255, 0, 80]),
    ]);
  const dial = (port: number) => connectPlain(port, "127.0.0.1");

  test("version 1 and version 2 say who the client is", async () => {
    await talk(dial(ports.proxied), `PROXY TCP4 203.0.113.7 127.0.0.1 5000 80\r\n${get("/any/v1")}`);
    expect(upstream.last()).toMatchObject({ url: "/v1", headers: { "x-forwarded-for": "203.0.113.7" } });
    await talk(dial(ports.proxied), Buffer.concat([v2([198, 51, 100, 9], 6_000), Buffer.from(get("/any/v2"))]));
    expect(upstream.last()).toMatchObject({ url: "/v2", headers: { "x-forwarded-for": "198.51.100.9" } });
    await talk(dial(ports.proxied), `PROXY TCP6 2001:db8::7 ::1 5000 80\r\n${get("/any/v6")}`);
    expect(upstream.last()).toMatchObject({ headers: { "x-forwarded-for": "2001:db8::7" } });
  });

  test("a header in pieces is put together, and TLS may follow it", async () => {
    const socket = dial(ports.proxiedTls);
    await once(socket, "connect");
    for (const piece of ["PROXY TC", "P4 203.0.113.8 127.0.0.1 5000 80", "\r\n"]) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const secured = connectTls({ socket, ca: authority.pem, servername: "api.example" });
    await once(secured, "secureConnect");
    expect(await talk(secured, get("/any/late"))).toMatch(/^HTTP\/1.1 200/);
    expect(upstream.last()).toMatchObject({
      headers: { "x-forwarded-for": "203.0.113.8", "x-forwarded-proto": "https" },
    });
  });

  test("an address is written as the system writes it, whichever version tells it", async () => {
    const v6 = (address: string) =>
      Buffer.concat([
        Buffer.from("0d0a0d0a000d0a515549540a21210024", "hex"),
        Buffer.from(`${address}${"0".repeat(32)}`, "hex"),
        Buffer.from([0, 1, 0, 2]),
      ]);
    for (const [header, address] of [
      [v6("20010db8000000000000000000000007"), "2001:db8::7"],
      [v6("00000000000000000000ffffcb007107"), "203.0.113.7"],
      ["PROXY TCP6 2001:DB8:0::7 ::1 5000 80\r\n", "2001:db8::7"],
      ["PROXY TCP6 ::ffff:203.0.113.7 ::1 5000 80\r\n", "203.0.113.7"],
    ] as const) {
      await talk(dial(ports.proxied), Buffer.concat([Buffer.from(header), Buffer.from(get("/any/plain"))]));
      expect(upstream.last()).toMatchObject({ headers: { "x-forwarded-for": address } });
    }
  });

  test.each([
    "PROXY TCP4 203.0.113.999 127.0.0.1 5000 80",
    "PROXY TCP4 2001:db8::7 ::1 5000 80",
    "PROXY TCP6 203.0.113.7 127.0.0.1 5000 80",
    "PROXY TCP6 ::::::: ::1 5000 80",
    "PROXY TCP4 203.0.113.7 127.0.0.1 65536 80",
  ])("%s names nobody, and is closed", async (header) => {
    const before = upstream.seen.length;
    expect(await talk(dial(ports.proxied), `${header}\r\n${get("/any/nobody")}`)).toBe("");
    expect(upstream.seen.length).toBe(before);
  });

  test("a connection without the header is closed, never believed", async () => {
    const before = upstream.seen.length;
    expect(await talk(dial(ports.proxied), get("/any/bare"))).toBe("");
    expect(upstream.seen.length).toBe(before);
  });
});

describe("streams that are not HTTP", () => {
  test("TCP passes both ways to the last byte, half-closed too", async () => {
    const sent = "x".repeat(3_000_000);
    expect((await echoed(connectPlain(ports.tcp, "127.0.0.1"), sent)).length).toBe(sent.length);
  });

  test("TLS is ended here, and the target sees plain bytes", async () => {
    const socket = await handshake(ports.terminated, { servername: "api.example" });
    expect(await echoed(socket, "plain to you")).toBe("plain to you");
  });

  test("TLS passes through by the name in the client's hello", async () => {
    const socket = await handshake(ports.passed, { servername: "secret.example" });
    expect(socket.getPeerCertificate().subject.CN).toBe("secret.example");
    expect(await echoed(socket, "sealed")).toBe("sealed");
    expect(await echoed(connectPlain(ports.passed, "127.0.0.1"), "no hello at all")).toBe("no hello at all");
  });

  test.each(["constructor", "__proto__"])(
    "a client that asks for %s has the target of all others, and ends nobody",
    async (servername) => {
      // The plain target has no answer to a hello but the hello itself.
      await expect(handshake(ports.passed, { servername })).rejects.toThrow("unexpected message");
      expect(await echoed(connectPlain(ports.passed, "127.0.0.1"), "still there")).toBe("still there");
      expect((await gateway.status()).workers.restarts).toBe(0);
    },
  );
});

describe("ports follow the configuration", () => {
  test("a port that is added opens, one that is taken away closes, and one that a stranger has is told and changes nothing", async () => {
    const literal = readLiteral(gateway) as { settings: { listeners: object[] } };
    const added = await freePort();
    const fewer = literal.settings.listeners.filter((listener) => (listener as { port: number }).port !== ports.tcp);
    await gateway.reconfigure({ ...literal, settings: { listeners: [...fewer, { host: "127.0.0.1", port: added }] } });
    expect(await talk(connectPlain(added, "127.0.0.1"), get("/any/added"))).toMatch(/^HTTP\/1.1 200/);
    await expect(once(connectPlain(ports.tcp, "127.0.0.1"), "connect")).rejects.toThrow("ECONNREFUSED");
    const taken = (echo.address() as AddressInfo).port;
    gateway.write(JSON.stringify({ ...literal, settings: { listeners: [{ host: "127.0.0.1", port: taken }] } }));
    await waitUntil(() => gateway.output().includes("another program listens there"), {
      what: "it is told",
      timeoutMs: 10_000,
    });
    expect(await talk(connectPlain(added, "127.0.0.1"), get("/any/still"))).toMatch(/^HTTP\/1.1 200/);
  });
});

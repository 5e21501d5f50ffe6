import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type ClientHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { request as requestHttp, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import {
  Client,
  Server,
  ServerCredentials,
  credentials,
  status as grpcStatus,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { WebSocket, WebSocketServer } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

const MIB = 1_024 * 1_024;
let gateway: BootedGateway;
let upstream: Upstream;
let h2Url: string;
let grpcPort: number;
let socketsPort: number;
const closing: (() => unknown)[] = [];

/** Answers 200 with what it saw; `/hints` sends 103 first, `/trailers` fields after the body. */
async function startHttp2Upstream(): Promise<string> {
  const server = createHttp2Server({ settings: { enableConnectProtocol: true } });
  server.on("stream", (opened, headers) => {
    // A server has no streams of its own making here.
    const stream = opened as ServerHttp2Stream;
    stream.on("error", () => {});
    if (headers[":protocol"] === "websocket") {
      stream.respond({ ":status": 200 });
      return void stream.pipe(stream);
    }
    if (headers[":path"] === "/refuse") return stream.close(7);
    const pieces: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => pieces.push(chunk));
    stream.once("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/json" }, { waitForTrailers: true });
      stream.once("wantTrailers", () => stream.sendTrailers({ "x-checksum": "abc" }));
      stream.end(JSON.stringify({ headers, bytes: Buffer.concat(pieces).length }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const bytes = {
  requestSerialize: (value: Buffer) => value,
  requestDeserialize: (value: Buffer) => value,
  responseSerialize: (value: Buffer) => value,
  responseDeserialize: (value: Buffer) => value,
};
const echoService: ServiceDefinition = {
  unary: { path: "/echo.Echo/Unary", requestStream: false, responseStream: false, ...bytes },
  chat: { path: "/echo.Echo/Chat", requestStream: true, responseStream: true, ...bytes },
  fail: { path: "/echo.Echo/Fail", requestStream: false, responseStream: false, ...bytes },
};

async function startGrpcUpstream(): Promise<number> {
  const server = new Server();
  server.addService(echoService, {
    unary: (call: { request: Buffer }, done: (error: null, value: Buffer) => void) =>
      done(null, Buffer.from(`echo ${call.request.toString()}`)),
    chat: (call: NodeJS.ReadWriteStream) => {
      call.on("data", (message: Buffer) => call.write(message));
      call.on("end", () => call.end());
    },
    fail: (_call: unknown, done: (error: object) => void) =>
      done({ code: grpcStatus.FAILED_PRECONDITION, details: "not today" }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    );
  });
  closing.push(() => server.forceShutdown());
  return port;
}

async function startSockets(): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket, request) => {
    socket.send(`hello ${request.url} ${String(request.headers["x-forwarded-for"])}`);
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  await once(server, "listening");
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  upstream = await startUpstream((request, response, body) => {
    if (request.url === "/hints") {
      response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      return void response.end("hinted");
    }
    if (request.url === "/events") {
      response.setHeader("content-type", "text/event-stream");
      return void response.write("data: one\n\n");
    }
    if (request.url === "/trailers") {
      response.setHeader("trailer", "x-checksum");
      response.write("body");
      response.addTrailers({ "x-checksum": "abc" });
      return void response.end();
    }
    response.end(
      JSON.stringify({
        method: request.method,
        cookie: request.headers.cookie,
        trailers: request.trailers,
        bytes: body.length,
      }),
    );
  });
  h2Url = await startHttp2Upstream();
  grpcPort = await startGrpcUpstream();
  socketsPort = await startSockets();
  const http2 = (url: string) => ({ targets: [url], protocol: "http2" });
  gateway = await bootGateway({
    apis: [
      { id: "plain", listen: "/plain", auth: "none", upstream: upstream.url },
      { id: "two", listen: "/two", auth: "none", upstream: http2(h2Url) },
      {
        id: "grpc",
        listen: { path: "/echo.Echo", strip: false },
        auth: "none",
        upstream: http2(`http://127.0.0.1:${grpcPort}`),
      },
      {
        id: "locked",
        listen: { path: "/locked.Locked", strip: false },
        auth: "key",
        upstream: http2(`http://127.0.0.1:${grpcPort}`),
      },
      { id: "sockets", listen: "/sockets", auth: "none", upstream: `http://127.0.0.1:${socketsPort}` },
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  for (const close of closing) close();
});

async function overHttp2(path: string, headers: Record<string, string> = {}, body?: Buffer) {
  const session = connectHttp2(gateway.url);
  try {
    return await exchangeOver(session, path, headers, body);
  } finally {
    session.close();
  }
}

async function exchangeOver(session: ClientHttp2Session, path: string, headers: Record<string, string>, body?: Buffer) {
  const stream = session.request({ ":path": path, ":method": body ? "POST" : "GET", ...headers });
  const seen: { status?: number; fields?: object; hints?: object; trailers?: object } = {};
  stream.on("headers", (fields) => (seen.hints = fields));
  stream.on("response", (fields) => Object.assign(seen, { status: fields[":status"], fields }));
  stream.on("trailers", (fields) => (seen.trailers = fields));
  if (body) stream.end(body);
  const pieces: Buffer[] = [];
  for await (const chunk of stream) pieces.push(chunk as Buffer);
  return { ...seen, text: Buffer.concat(pieces).toString() };
}

describe("HTTP/2 from clients, in clear text by prior knowledge", () => {
  test("reaches an upstream of HTTP/1.1: cookie crumbs are one line, the authority is the forwarded host", async () => {
    const stream = await overHttp2("/plain/a?b=1", { cookie: "a=1", authorization: "Basic x" });
    expect(stream).toMatchObject({ status: 200 });
    expect(upstream.last()).toMatchObject({
      url: "/a?b=1",
      headers: { cookie: "a=1", "x-forwarded-host": new URL(gateway.url).host },
    });
  });

  test("many requests share a connection, bodies and all", async () => {
    const session = connectHttp2(gateway.url);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => exchangeOver(session, `/plain/${index}`, {}, Buffer.alloc(20_000, "x"))),
    );
    session.close();
    expect(answers.map(({ text }) => (JSON.parse(text) as { bytes: number }).bytes)).toEqual(
      Array.from({ length: 50 }, () => 20_000),
    );
  });

  test("early hints and trailers pass", async () => {
    expect((await overHttp2("/plain/hints")).hints).toMatchObject({
      ":status": 103,
      link: "</style.css>; rel=preload",
    });
    expect((await overHttp2("/plain/trailers")).trailers).toMatchObject({ "x-checksum": "abc" });
  });

  test("a problem is answered like any other", async () => {
    const answer = await overHttp2("/nowhere");
    expect(answer).toMatchObject({ status: 404, fields: { "content-type": "application/problem+json" } });
  });

  test("two different hosts are refused", async () => {
    const bad = await overHttp2("/plain/a", { ":authority": "one.example", host: "other.example" });
    expect(bad.status).toBe(400);
  });

  test("a client that resets streams without end loses its connection, and nobody else notices", async () => {
    const session = connectHttp2(gateway.url);
    session.on("error", () => {});
    const closed = new Promise((resolve) => session.once("close", resolve));
    for (let sent = 0; sent < 2_000 && !session.destroyed; sent += 1) {
      const stream = session.request({ ":path": "/plain/rapid" });
      stream.on("error", () => {});
      stream.close(8);
    }
    await closed;
    expect((await overHttp2("/plain/after")).status).toBe(200);
  });
});

describe("HTTP/2 towards upstreams", () => {
  test("from HTTP/1.1 and from HTTP/2, with bodies and trailers", async () => {
    const answer = await fetch(`${gateway.url}/two/a`, { method: "POST", body: "x".repeat(300_000) });
    expect(await answer.json()).toMatchObject({
      bytes: 300_000,
      headers: { ":path": "/a", ":method": "POST", ":authority": new URL(h2Url).host },
    });
    const twice = await overHttp2("/two/b", {}, Buffer.alloc(1_000));
    expect(twice).toMatchObject({ status: 200, trailers: { "x-checksum": "abc" } });
  });

  test("a stream that was refused is answered with a problem, not left open", async () => {
    const answer = await fetch(`${gateway.url}/two/refuse`);
    expect(answer.status).toBe(502);
  });
});

describe("gRPC", () => {
  const client = () => new Client(new URL(gateway.url).host, credentials.createInsecure());

  test("unary calls, bidirectional streams, and errors in trailers", async () => {
    const one = client();
    const unary = await new Promise<Buffer>((resolve, reject) => {
      one.makeUnaryRequest(
        "/echo.Echo/Unary",
        (value: Buffer) => value,
        (value: Buffer) => value,
        Buffer.from("lamp"),
        (error, value) => (error ? reject(error) : resolve(value!)),
      );
    });
    expect(unary.toString()).toBe("echo lamp");

    const chat = one.makeBidiStreamRequest(
      "/echo.Echo/Chat",
      (value: Buffer) => value,
      (value: Buffer) => value,
    );
    const heard: string[] = [];
    chat.on("data", (message: Buffer) => {
      heard.push(message.toString());
      if (heard.length < 100) chat.write(Buffer.from(`message ${heard.length}`));
      else chat.end();
    });
    chat.write(Buffer.from("message 0"));
    await once(chat, "end");
    expect(heard).toEqual(Array.from({ length: 100 }, (_, index) => `message ${index}`));

    const failure = await new Promise<{ code: number; details: string }>((resolve) => {
      one.makeUnaryRequest(
        "/echo.Echo/Fail",
        (value: Buffer) => value,
        (value: Buffer) => value,
        Buffer.alloc(0),
        (error) => resolve(error as unknown as { code: number; details: string }),
      );
    });
    expect(failure).toMatchObject({ code: grpcStatus.FAILED_PRECONDITION, details: "not today" });
    one.close();
  });

  test("what the gateway refuses, gRPC understands", async () => {
    const one = client();
    const failure = await new Promise<{ code: number; details: string }>((resolve) => {
      one.makeUnaryRequest(
        "/locked.Locked/Unary",
        (value: Buffer) => value,
        (value: Buffer) => value,
        Buffer.alloc(0),
        (error) => resolve(error as unknown as { code: number; details: string }),
      );
    });
    expect(failure.code).toBe(grpcStatus.UNAUTHENTICATED);
    expect(failure.details).toMatch(/^Send a key/);
    one.close();
  });
});

describe("WebSockets and streams", () => {
  test("messages pass both ways, whatever their size, and the close reaches the other side", async () => {
    const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/sockets/room?x=1`);
    const [hello] = (await once(socket, "message")) as [Buffer];
    expect(hello.toString()).toBe("hello /room?x=1 127.0.0.1");
    for (const size of [1, 1_000, 3 * MIB]) {
      const sent = Buffer.alloc(size, "x");
      socket.send(sent);
      const [echoed] = (await once(socket, "message")) as [Buffer];
      expect(echoed.equals(sent)).toBe(true);
    }
    socket.close(4_000, "enough");
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(4_000);
  });

  test("over HTTP/2 a WebSocket is a stream (RFC 8441)", async () => {
    const session = connectHttp2(gateway.url);
    await once(session, "remoteSettings");
    const stream = session.request({
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":path": "/sockets/h2",
      "sec-websocket-version": "13",
    });
    const [answer] = (await once(stream, "response")) as [Record<string, unknown>];
    expect(answer[":status"]).toBe(200);
    const [frame] = (await once(stream, "data")) as [Buffer];
    expect(frame.subarray(2).toString()).toBe("hello /h2 127.0.0.1");
    stream.close();
    session.close();
  });

  test("a WebSocket reaches an upstream that speaks HTTP/2", async () => {
    const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/two/socket`);
    await once(socket, "open");
    // The upstream gives back the very bytes, which are a client's masked frame: the connection carries them at all.
    socket.send("x");
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toContain("MASK");
  });

  test("an event reaches the client when it was sent, not when the stream ends", async () => {
    const answer = await fetch(`${gateway.url}/plain/events`);
    const reader = answer.body!.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe("data: one\n\n");
    await reader.cancel();
  });

  test("early hints and trailers pass over HTTP/1.1 too", async () => {
    const request = requestHttp(`${gateway.url}/plain/hints`).end();
    // Both may come in one read.
    const responded = once(request, "response") as Promise<[NodeJS.ReadableStream]>;
    const [hints] = (await once(request, "information")) as [{ statusCode: number; headers: object }];
    expect(hints).toMatchObject({ statusCode: 103, headers: { link: "</style.css>; rel=preload" } });
    const [hinted] = await responded;
    hinted.resume();
    const second = requestHttp(`${gateway.url}/plain/trailers`, { headers: { te: "trailers" } }).end();
    const [answer] = (await once(second, "response")) as [IncomingMessage];
    await answer.resume().toArray();
    expect(answer.trailers).toEqual({ "x-checksum": "abc" });
  });

  test("100 Continue comes when the body is wanted, and a refusal comes without it", async () => {
    const wanted = requestHttp(`${gateway.url}/plain/a`, {
      method: "POST",
      headers: { expect: "100-continue", "content-length": "5" },
    });
    wanted.flushHeaders();
    await once(wanted, "continue");
    wanted.end("hello");
    const [answer] = (await once(wanted, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
    const refused = requestHttp(`${gateway.url}/locked.Locked/x`, {
      method: "POST",
      headers: { expect: "100-continue", "content-length": "5" },
    });
    refused.on("error", () => {});
    let continued = false;
    refused.on("continue", () => (continued = true));
    refused.flushHeaders();
    const [refusal] = (await once(refused, "response")) as [IncomingMessage];
    expect(refusal.statusCode).toBe(401);
    expect(continued).toBe(false);
    refused.destroy();
  });
});

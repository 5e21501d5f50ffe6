import { connect as connectHttp2 } from "node:http2";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";

const LARGE = Buffer.alloc(64 * 1_024 * 1_024);
const within = (what: string) => ({ what, timeoutMs: 30_000 });

let upstream: Server;
let gateway: BootedGateway;
/** Requests that the upstream has begun and not ended. */
let held = 0;
/** Of those to `/never`. */
let unanswered = 0;
let closing: (() => void)[] = [];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    held += 1;
    response.once("close", () => (held -= 1));
    if (request.url === "/large") return void response.end(LARGE);
    if (request.url === "/events") return void response.write("data: 1\n\n");
    if (request.url === "/never") {
      unanswered += 1;
      return void response.once("close", () => (unanswered -= 1));
    }
    // Takes the body at no pace at all.
    if (request.url === "/stuck") return void request.pause();
    return void request.resume().once("end", () => response.end("whole"));
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const { port } = upstream.address() as AddressInfo;
  gateway = await bootGateway(
    { apis: [{ id: "any", listen: "/", auth: "none", upstream: `http://127.0.0.1:${port}` }] },
    { env: { CAUSEWAY_ACCESS_LOG: "stdout" } },
  );
});
afterAll(async () => {
  await gateway.stop();
  upstream.close();
  upstream.closeAllConnections();
});
afterEach(() => {
  for (const close of closing) close();
  closing = [];
});

function open(): { socket: Socket; said: () => string } {
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  let text = "";
  socket.on("error", () => {});
  socket.on("data", (data: Buffer) => (text += data.toString("latin1").slice(0, 1_000)));
  closing.push(() => socket.destroy());
  return { socket, said: () => text };
}

const isLogged = (path: string, reason: string) =>
  gateway
    .output()
    .split("\n")
    .some((line) => line.includes(`"path":"${path}"`) && line.includes(`"reason":"${reason}"`));
const counted = async (reason: string) =>
  new RegExp(`^causeway_requests_total{[^}]*reason="${reason}"[^}]*} [1-9]`, "m").test(
    await (await fetch(`${gateway.adminUrl}/metrics`)).text(),
  );

test("a body that drips is ended with 408 and logged and counted, its connection is closed and the upstream's is free", async () => {
  const { socket, said } = open();
  const whole = upload("/steady", 2_000);
  socket.write("POST /drips HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  const dripping = setInterval(() => socket.write("x"), 200);
  closing.push(() => clearInterval(dripping));
  await waitUntil(() => said() !== "", within("it is answered"));
  expect(said()).toMatch(/^HTTP\/1\.1 408 .*Connection: close.*request_too_slow/s);
  expect(whole.said()).toBe("");
  await waitUntil(() => socket.destroyed, within("it is closed"));
  await waitUntil(() => held === 1, within("one request is left"));
  await waitUntil(() => isLogged("/drips", "request_too_slow"), within("it is logged"));
  await waitUntil(() => counted("request_too_slow"), within("it is counted"));
  whole.finish();
  await waitUntil(() => whole.said().includes("whole"), within("the steady one is answered"));
}, 60_000);

test("over HTTP/2 too, and gRPC's kind of request to an upstream of HTTP/1.1 is no exception", async () => {
  const session = connectHttp2(gateway.url);
  closing.push(() => session.destroy());
  const stream = session.request({ ":method": "POST", ":path": "/grpc-drips", "content-type": "application/grpc" });
  stream.on("error", () => {});
  const dripping = setInterval(() => stream.writable && stream.write("x"), 200);
  closing.push(() => clearInterval(dripping));
  const status = await new Promise((resolve) => stream.once("response", (headers) => resolve(headers["grpc-status"])));
  expect(status).toBe("4");
  await waitUntil(() => held === 0, within("the upstream's connection is free"));
  await waitUntil(() => isLogged("/grpc-drips", "request_too_slow"), within("it is logged"));
}, 60_000);

test("an answer that is not taken is cut and logged and counted; events that do not come, and a body that the upstream does not take, are not", async () => {
  const [stuck, events, quiet] = [open(), open(), open()];
  stuck.socket.pause();
  stuck.socket.write("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  events.socket.write("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  quiet.socket.write("POST /stuck HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
  // Until neither the upstream nor the gateway takes more; from then on nobody waits for this client.
  const pushing = () => {
    while (!quiet.socket.destroyed && quiet.socket.write(Buffer.alloc(65_536)));
  };
  quiet.socket.on("drain", pushing);
  pushing();
  await waitUntil(() => held === 3, within("all have begun"));
  await waitUntil(() => isLogged("/large", "response_too_slow"), within("it is logged"));
  await waitUntil(() => held === 2, within("the upstream's connection is free"));
  await waitUntil(() => counted("response_too_slow"), within("it is counted"));
  expect([events, quiet].map(({ socket }) => socket.destroyed)).toEqual([false, false]);
  expect(events.said()).toContain("data: 1");
}, 60_000);

/** A body of so many bytes a second, until it is told to end. */
function upload(path: string, bytesPerSecond: number) {
  const { socket, said } = open();
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const piece = "x".repeat(bytesPerSecond / 5);
  const sending = setInterval(() => socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`), 200);
  closing.push(() => clearInterval(sending));
  return {
    said,
    finish() {
      clearInterval(sending);
      socket.write("0\r\n\r\n");
    },
  };
}

test("a client that leaves, by closing its side alone, ends its request at the target; it is logged and counted", async () => {
  const { socket } = open();
  socket.write("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
  await waitUntil(() => unanswered === 1, within("the target has the request"));
  socket.end();
  await waitUntil(() => unanswered === 0, within("the target is left"));
  await waitUntil(() => isLogged("/never", "client_closed"), within("it is logged"));
  await waitUntil(() => counted("client_closed"), within("it is counted"));
});

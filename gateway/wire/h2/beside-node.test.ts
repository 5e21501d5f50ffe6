import { once } from "node:events";
import { connect, type ClientHttp2Session } from "node:http2";
import { createServer, type AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { FRAME, frame, openRawSession } from "#gateway/testkit/wire/h2-frames.ts";
import type { Inbound } from "../inbound.ts";
import { ServerSession } from "./server-session.ts";
import type { SessionTimes } from "./session-hooks.ts";

const LONG: SessionTimes = { idleMs: 60_000, bodyIdleMs: 60_000, stalledMs: 60_000, lingerMs: 1_000, firstMs: 1_000 };
const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(onRequest: (inbound: Inbound) => void) {
  const sessions: ServerSession[] = [];
  const malformed: string[] = [];
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    closing.push(() => socket.destroy());
    const onMalformed = ({ message }: Error) => malformed.push(message);
    const pace = { bytesPerSecond: 0, graceMs: 0 };
    sessions.push(new ServerSession(socket, { times: LONG, pace, maxHeadBytes: 32_768, onRequest, onMalformed }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { port, sessions, malformed };
}

/** Says back what came: head, body, trailers. */
function echo(inbound: Inbound): void {
  const parts: Buffer[] = [];
  inbound.readBody({
    onBodyData: (chunk) => parts.push(Buffer.from(chunk)),
    onBodyEnd: () => {
      const { method, target, fields } = inbound;
      const said = Buffer.from(JSON.stringify({ method, target, fields: fields.raw }));
      inbound.respond(200, ["x-said", said.toString("base64")], { close: false, bodiless: false });
      const body = Buffer.concat(parts);
      inbound.write(body);
      inbound.end();
    },
  });
}

function open(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  closing.push(() => session.destroy());
  return session;
}

async function ask(session: ClientHttp2Session, fields: readonly string[], body: Buffer) {
  const stream = session.request([":method", "POST", ":path", "/", ...fields], { endStream: false });
  stream.end(body);
  const [headers] = (await once(stream, "response")) as [Record<string, string>];
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return { said: JSON.parse(Buffer.from(headers["x-said"]!, "base64").toString()), body: Buffer.concat(parts) };
}

test("Node's client is understood, and understands, whatever fields and bodies it sends on one session", async () => {
  const { port } = await serve(echo);
  const session = open(port);
  const name = fc.stringMatching(/^x-[a-z0-9]{1,20}$/);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,200}[!-~])?$/);
  const exchange = fc.tuple(
    fc.array(fc.tuple(name, value), { maxLength: 10 }),
    fc.nat(300_000).map((length) => Buffer.alloc(length, length % 251)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 5 }), async (exchanges) => {
      const answers = await Promise.all(exchanges.map(([fields, body]) => ask(session, fields.flat(), body)));
      for (const [index, [fields, body]] of exchanges.entries()) {
        expect(answers[index]!.said.fields).toEqual(fields.flat());
        expect(answers[index]!.body.equals(body)).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
}, 60_000);

test("a large answer waits for each client's windows, and all of it comes", async () => {
  const large = Buffer.alloc(5_000_000, "z");
  const { port } = await serve((inbound) => {
    let at = 0;
    const go = () => {
      while (at < large.length) {
        const chunk = large.subarray(at, at + 65_536);
        at += chunk.length;
        if (!inbound.write(chunk)) return void (inbound.onDrain = go);
      }
      inbound.end(["x-sum", "5"]);
    };
    inbound.respond(200, [], { close: false, bodiless: false });
    go();
  });
  const session = open(port);
  const bodies = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const stream = session.request({ ":path": "/" });
      let trailers: Record<string, unknown> | undefined;
      stream.on("trailers", (said: Record<string, unknown>) => (trailers = said));
      let length = 0;
      for await (const part of stream) length += (part as Buffer).length;
      return { length, sum: trailers?.["x-sum"] };
    }),
  );
  expect(bodies).toEqual(Array.from({ length: 10 }, () => ({ length: large.length, sum: "5" })));
});

test("a head of many kilobytes goes out in as many frames as it takes", async () => {
  const { port } = await serve((inbound) => {
    const fields = Array.from({ length: 12 }, (_, index) => [`x-${index}`, "v".repeat(4_000)]).flat();
    inbound.respond(200, fields, { close: false, bodiless: true });
    inbound.end();
  });
  const session = open(port);
  const stream = session.request({ ":path": "/" });
  const [headers] = (await once(stream, "response")) as [Record<string, string>];
  stream.resume();
  expect(Object.keys(headers).filter((name) => name.startsWith("x-"))).toHaveLength(12);
});

test("a client that is told to go has its requests on the way answered, and hears of no error", async () => {
  const { port, sessions } = await serve(echo);
  const session = open(port);
  await ask(session, [], Buffer.alloc(0));
  const asked = Array.from({ length: 20 }, () => ask(session, [], Buffer.from("x")));
  sessions[0]!.finish();
  for (const { body } of await Promise.all(asked)) expect(body.toString()).toBe("x");
  if (!session.closed) await once(session, "close");
});

test("bytes of any kind end a session at worst, and never the process", async () => {
  const { port, malformed } = await serve(echo);
  const kinds = fc.constantFrom(...Object.values(FRAME), 2, 5, 77);
  const flags = fc.constantFrom(0, 1, 4, 5, 8, 0x20, 0x2d);
  const any = fc
    .tuple(kinds, flags, fc.constantFrom(0, 1, 2, 3, 5, 2 ** 31 - 1), fc.uint8Array({ maxLength: 40 }))
    .map(([type, flag, stream, payload]) => frame(type, flag, stream, Buffer.from(payload)));
  await fc.assert(
    fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 12 }), async (frames) => {
      const raw = await openRawSession(port);
      const [before] = [malformed.length];
      raw.socket.end(Buffer.concat(frames));
      await raw.closed;
      expect(malformed.length - before).toBeLessThanOrEqual(frames.length);
    }),
    { numRuns: 300 },
  );
  // It still serves.
  const { body } = await ask(open(port), [], Buffer.from("still"));
  expect(body.toString()).toBe("still");
}, 60_000);

test("what waits for a reader is bounded by the session's window, and nothing is lost", async () => {
  const held: Inbound[] = [];
  const { port } = await serve((inbound) => held.push(inbound));
  const session = open(port);
  const body = Buffer.alloc(400_000, "u");
  const streams = Array.from({ length: 5 }, () => {
    const stream = session.request({ ":method": "POST", ":path": "/" });
    stream.end(body);
    return stream;
  });
  await waitUntil(() => held.length === 5, { what: "all have begun", timeoutMs: 5_000 });
  for (const inbound of held) echo(inbound);
  for (const stream of streams) {
    let length = 0;
    for await (const part of stream) length += (part as Buffer).length;
    expect(length).toBe(body.length);
  }
});

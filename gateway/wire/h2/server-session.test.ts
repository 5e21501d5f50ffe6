import { afterEach, describe, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { FLAG, FRAME, frame, literal, requestBlock, type RawSession } from "#gateway/testkit/wire/h2-frames.ts";
import { serveSession } from "#gateway/testkit/wire/served-session.ts";
import type { Inbound } from "../inbound.ts";
import type { SessionTimes } from "./session-hooks.ts";

const TIMES: SessionTimes = { idleMs: 300, bodyIdleMs: 300, stalledMs: 300, lingerMs: 100, firstMs: 300 };
const LONG: SessionTimes = { idleMs: 60_000, bodyIdleMs: 60_000, stalledMs: 60_000, lingerMs: 60_000, firstMs: 60_000 };
const OPEN = FLAG.endHeaders;
const WHOLE = FLAG.endHeaders | FLAG.endStream;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const start = async (times: SessionTimes, onRequest: (inbound: Inbound) => void, ...pairs: [number, number][]) => {
  const raw = await serveSession(closing, times, onRequest, ...pairs);
  expect(raw.session().isIdle).toBe(true);
  return raw;
};
const codeOf = ({ seen }: RawSession, type: number) => seen.find((one) => one.type === type)?.code;
const within = (what: string) => ({ what, timeoutMs: 10_000, everyMs: 5 });
const answer = (inbound: Inbound) => {
  inbound.respond(200, [], { close: false, bodiless: true });
  inbound.end();
};

describe("a client's time on a session", () => {
  test("one without a stream is told to go and let go, however often it pings", async () => {
    const raw = await start(TIMES, answer);
    const pinging = setInterval(() => raw.socket.write(frame(FRAME.ping, 0, 0, Buffer.alloc(8))), 20);
    closing.push(() => clearInterval(pinging));
    await raw.closed;
    expect(codeOf(raw, FRAME.goaway)).toBe(0);
  });

  test("one that never ends its header block is without a stream", async () => {
    const raw = await start(TIMES, answer);
    raw.socket.write(frame(FRAME.headers, 0, 1, requestBlock("GET", "/")));
    await raw.closed;
    expect(raw.seen.some(({ type }) => type === FRAME.headers)).toBe(false);
  });

  test("a body that stops is reset, and what waited for it is told", async () => {
    let told = 0;
    const raw = await start({ ...LONG, bodyIdleMs: 300 }, (inbound) => {
      inbound.watch = {
        gone: () => {},
        tooSlow: () => {
          told += 1;
          inbound.abort();
        },
      };
      inbound.readBody({ onBodyData: () => {}, onBodyEnd: () => {} });
    });
    raw.socket.write(frame(FRAME.headers, OPEN, 1, requestBlock("POST", "/")));
    raw.socket.write(frame(FRAME.data, 0, 1, Buffer.from("x")));
    await waitUntil(() => codeOf(raw, FRAME.reset) !== undefined, within("the stream is reset"));
    expect(told).toBe(1);
  });

  test("a body that waits for the upstream is not", async () => {
    let ended = false;
    let inbound: Inbound | undefined;
    const raw = await start({ ...LONG, bodyIdleMs: 100 }, (one) => {
      inbound = one;
      one.readBody({ onBodyData: () => one.pauseBody(), onBodyEnd: () => (ended = true) });
    });
    raw.socket.write(frame(FRAME.headers, OPEN, 1, requestBlock("POST", "/")));
    raw.socket.write(frame(FRAME.data, FLAG.endStream, 1, Buffer.from("x")));
    await waitUntil(() => inbound, within("the request"));
    const began = performance.now();
    await waitUntil(() => performance.now() - began > 400, within("a while"));
    expect(codeOf(raw, FRAME.reset)).toBeUndefined();
    inbound!.resumeBody();
    await waitUntil(() => ended, within("the body's end"));
  });

  test("an answer for which no window is opened is reset", async () => {
    let told = 0;
    const respond = (inbound: Inbound) => {
      inbound.watch = {
        gone: () => {},
        tooSlow: () => {
          told += 1;
          inbound.abort();
        },
      };
      inbound.respond(200, [], { close: false, bodiless: false });
      inbound.write(Buffer.alloc(200_000));
    };
    // SETTINGS_INITIAL_WINDOW_SIZE.
    const raw = await start({ ...LONG, stalledMs: 300 }, respond, [4, 0]);
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, requestBlock("GET", "/")));
    await waitUntil(() => codeOf(raw, FRAME.reset) !== undefined, within("the stream is reset"));
    expect(told).toBe(1);
  });

  test("an answer that is whole, and whose last bytes are not taken, is reset as well", async () => {
    const respond = (inbound: Inbound) => {
      inbound.respond(200, [], { close: false, bodiless: false });
      inbound.write(Buffer.from("x"));
      inbound.end();
    };
    const raw = await start({ ...LONG, stalledMs: 300 }, respond, [4, 0]);
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, requestBlock("GET", "/")));
    await waitUntil(() => codeOf(raw, FRAME.reset) !== undefined, within("the stream is reset"));
  });

  test("a client that goes on sending after its answer is stopped", async () => {
    const raw = await start({ ...LONG, lingerMs: 300 }, (inbound) => {
      inbound.respond(413, [], { close: false, bodiless: false });
      inbound.end();
    });
    raw.socket.write(frame(FRAME.headers, OPEN, 1, requestBlock("POST", "/")));
    const sending = setInterval(() => raw.socket.write(frame(FRAME.data, 0, 1, Buffer.alloc(100))), 20);
    closing.push(() => clearInterval(sending));
    await waitUntil(() => codeOf(raw, FRAME.reset) !== undefined, within("the stream is reset"));
  });
});

test("a client that closes its side is gone, with all that was not answered", async () => {
  let gone = 0;
  const raw = await start(LONG, (inbound) => {
    inbound.watch = { gone: () => (gone += 1), tooSlow: () => {} };
  });
  for (const stream of [1, 3]) raw.socket.write(frame(FRAME.headers, WHOLE, stream, requestBlock("GET", "/")));
  raw.socket.end(frame(FRAME.headers, OPEN, 5, requestBlock("POST", "/")));
  await waitUntil(() => gone === 3, within("all are told"));
});

test("an answer before the request's end stands for itself: a client that then ends its request hears of no reset", async () => {
  const raw = await start(LONG, answer);
  const post = (stream: number) => raw.socket.write(frame(FRAME.headers, OPEN, stream, requestBlock("POST", "/")));
  post(1);
  await waitUntil(
    () => raw.seen.some(({ type, stream }) => type === FRAME.headers && stream === 1),
    within("the answer"),
  );
  raw.socket.write(frame(FRAME.data, 0, 1, Buffer.alloc(10_000)));
  raw.socket.write(frame(FRAME.data, FLAG.endStream, 1, Buffer.from("x")));
  // Answered behind it, so all of that was read.
  raw.socket.write(frame(FRAME.headers, WHOLE, 3, requestBlock("GET", "/")));
  await waitUntil(() => raw.seen.some(({ stream }) => stream === 3), within("the next answer"));
  expect(codeOf(raw, FRAME.reset)).toBeUndefined();
  expect(raw.malformed).toEqual([]);
});

test("small pieces that come together are passed on together, whatever stream each is of", async () => {
  const pieces = new Map<string, string[]>();
  let ended = 0;
  const raw = await start(LONG, (inbound) => {
    const own: string[] = [];
    pieces.set(inbound.target, own);
    inbound.readBody({ onBodyData: (chunk) => void own.push(String(chunk)), onBodyEnd: () => (ended += 1) });
  });
  const streams = [1, 3, 5];
  for (const stream of streams)
    raw.socket.write(frame(FRAME.headers, FLAG.endHeaders, stream, requestBlock("POST", `/${stream}`)));
  const crumbs = Array.from({ length: 500 }, (_, at) =>
    streams.map((stream) => frame(FRAME.data, 0, stream, Buffer.from(String(at)))),
  ).flat();
  const large = streams.map((stream) => frame(FRAME.data, 0, stream, Buffer.alloc(9_000, "x")));
  const ends = streams.map((stream) => frame(FRAME.data, FLAG.endStream, stream, Buffer.from("end")));
  raw.socket.write(Buffer.concat([...crumbs, ...large, ...crumbs, ...ends]));
  await waitUntil(() => ended === 3, within("all have ended"));
  const counted = Array.from({ length: 500 }, (_, at) => String(at)).join("");
  for (const own of pieces.values()) {
    expect(own.join("")).toBe(`${counted}${"x".repeat(9_000)}${counted}end`);
    expect(own.length).toBeLessThan(50);
  }
});

describe("a client's pace on a stream", () => {
  const told = (sides: string[]) => (inbound: Inbound) => {
    inbound.watch = {
      gone: () => {},
      tooSlow: (side) => {
        sides.push(side);
        inbound.abort();
      },
    };
  };

  test("a body that drips is told of", async () => {
    const sides: string[] = [];
    const raw = await start(LONG, (inbound) => {
      told(sides)(inbound);
      inbound.readBody({ onBodyData: () => {}, onBodyEnd: () => {} });
    });
    raw.socket.write(frame(FRAME.headers, OPEN, 1, requestBlock("POST", "/")));
    const dripping = setInterval(() => raw.socket.write(frame(FRAME.data, 0, 1, Buffer.from("x"))), 50);
    closing.push(() => clearInterval(dripping));
    await waitUntil(() => sides.length > 0, within("it is told"));
    expect(sides).toEqual(["request"]);
  });

  test("an answer whose window stays shut is told of, whatever else the client sends", async () => {
    const sides: string[] = [];
    const respond = (inbound: Inbound) => {
      told(sides)(inbound);
      inbound.respond(200, [], { close: false, bodiless: false });
      inbound.write(Buffer.alloc(200_000));
    };
    const raw = await start(LONG, respond, [4, 0]);
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, requestBlock("GET", "/")));
    const pinging = setInterval(
      () => raw.socket.write(Buffer.concat(Array.from({ length: 50 }, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))))),
      50,
    );
    closing.push(() => clearInterval(pinging));
    await waitUntil(() => sides.length > 0, within("it is told"));
    expect(sides).toEqual(["response"]);
  });

  test("one that is taken slowly and steadily is not", async () => {
    const sides: string[] = [];
    let drained = false;
    const respond = (inbound: Inbound) => {
      told(sides)(inbound);
      inbound.onDrain = () => (drained = true);
      inbound.respond(200, [], { close: false, bodiless: false });
      inbound.write(Buffer.alloc(5_000 * 40));
    };
    const raw = await start(LONG, respond, [4, 0]);
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, requestBlock("GET", "/")));
    const opened = Buffer.alloc(4);
    opened.writeUInt32BE(5_000);
    const opening = setInterval(() => {
      raw.socket.write(frame(FRAME.window, 0, 0, opened));
      raw.socket.write(frame(FRAME.window, 0, 1, opened));
    }, 50);
    closing.push(() => clearInterval(opening));
    await waitUntil(() => drained, within("all is taken"));
    expect(sides).toEqual([]);
  });
});

describe("a session that is to take no more requests", () => {
  const settled = ({ seen }: RawSession) =>
    waitUntil(() => seen.some(({ type }) => type === FRAME.settings), within("the session stands"));

  test("has a moment for its first one, which may be on its way, and is closed with the answer", async () => {
    const raw = await start(LONG, answer);
    await settled(raw);
    raw.session().finish();
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, requestBlock("GET", "/")));
    await raw.closed;
    expect(raw.seen.some(({ type, stream }) => type === FRAME.headers && stream === 1)).toBe(true);
    expect(codeOf(raw, FRAME.goaway)).toBe(0);
  });

  test("is told to go when that moment has passed", async () => {
    const raw = await start({ ...LONG, firstMs: 100 }, answer);
    await settled(raw);
    raw.session().finish();
    await raw.closed;
    expect(codeOf(raw, FRAME.goaway)).toBe(0);
  });
});

describe("requests that HTTP/2 carries and a second reader could take for others", () => {
  const refused: [string, Buffer][] = [
    ["CONNECT", Buffer.concat([literal(":method", "CONNECT"), literal(":authority", "a:80")])],
    ["TRACE", requestBlock("TRACE", "/")],
    ["a Host that differs", Buffer.concat([requestBlock("GET", "/"), literal("host", "b")])],
    ["a space in the path", requestBlock("GET", "/a b")],
    ["a request line in the path", requestBlock("GET", "/ HTTP/1.1\r\nX: y\r\n")],
    ["a fragment", requestBlock("GET", "/#a")],
    ["a path that is a URL, and names another host", requestBlock("GET", "http://b/")],
    ["a path that is a name", requestBlock("GET", "good")],
    ["a method that is no token", requestBlock("G(T", "/")],
    ["a method of no characters", requestBlock("", "/")],
    ["a method without end", requestBlock("G".repeat(100), "/")],
    ["a line end in a value", Buffer.concat([requestBlock("GET", "/"), literal("x", "a\r\nb: c")])],
    ["a coding", Buffer.concat([requestBlock("GET", "/"), literal("transfer-encoding", "chunked")])],
    ["a connection field", Buffer.concat([requestBlock("GET", "/"), literal("connection", "x")])],
    ["a name in capitals", Buffer.concat([requestBlock("GET", "/"), literal("X-A", "b")])],
    [
      "two lengths",
      Buffer.concat([requestBlock("GET", "/"), literal("content-length", "0"), literal("content-length", "1")]),
    ],
    ["another length than its body", Buffer.concat([requestBlock("GET", "/"), literal("content-length", "5")])],
    ["a pseudo field behind the others", Buffer.concat([literal("x", "y"), requestBlock("GET", "/")])],
    ["two paths", Buffer.concat([requestBlock("GET", "/"), literal(":path", "/b")])],
    ["no path", Buffer.concat([literal(":method", "GET"), literal(":scheme", "http"), literal(":authority", "a")])],
    [
      "an authority with user information",
      Buffer.concat([
        literal(":method", "GET"),
        literal(":scheme", "http"),
        literal(":path", "/"),
        literal(":authority", "b@a"),
      ]),
    ],
    [
      "a quote in the authority",
      Buffer.concat([
        literal(":method", "GET"),
        literal(":scheme", "http"),
        literal(":path", "/"),
        literal(":authority", 'a"b'),
      ]),
    ],
    [
      "a tunnel to another protocol",
      Buffer.concat([requestBlock("CONNECT", "/"), literal(":protocol", "connect-udp")]),
    ],
  ];
  test.each(refused)("%s: no request is made of it, or none that holds it", async (_what, block) => {
    const requests: Inbound[] = [];
    const raw = await start(LONG, (inbound) => {
      requests.push(inbound);
      answer(inbound);
    });
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, block));
    raw.socket.write(frame(FRAME.headers, WHOLE, 3, requestBlock("GET", "/good")));
    await waitUntil(
      () => raw.socket.destroyed || raw.seen.some(({ stream }) => stream === 3) || codeOf(raw, FRAME.goaway),
      within("the next request's answer, or the session's end"),
    );
    // A field that may not stand is left out by the session; then what is left of the request is harmless.
    for (const { method, target, fields } of requests) {
      expect([method, target]).toSatisfy(([, path]: string[]) => path === "/good" || path === "/");
      expect(fields.raw.join("\n")).not.toMatch(/\r|b: c|transfer-encoding|connection|X-A/);
      expect(method).toBe("GET");
    }
  });
});

test("a WebSocket has one key for an upstream of HTTP/1.1, the client's own where it sent one (RFC 8441, 5)", async () => {
  const keys: string[][] = [];
  const raw = await start(LONG, (inbound) => {
    keys.push(inbound.fields.all("sec-websocket-key"));
    answer(inbound);
  });
  const block = Buffer.concat([requestBlock("CONNECT", "/"), literal(":protocol", "websocket")]);
  raw.socket.write(frame(FRAME.headers, FLAG.endHeaders, 1, block));
  const own = Buffer.concat([block, literal("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")]);
  raw.socket.write(frame(FRAME.headers, FLAG.endHeaders, 3, own));
  await waitUntil(() => keys.length === 2, within("both came"));
  expect(keys).toEqual([[expect.stringMatching(/^.{22}==$/)], ["dGhlIHNhbXBsZSBub25jZQ=="]]);
});

describe("what is no request is told of, so that it can be counted", () => {
  test("a request that this side refuses", async () => {
    const raw = await start(LONG, answer);
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, requestBlock("TRACE", "/")));
    await waitUntil(() => raw.malformed.length > 0, within("it is told"));
    expect(raw.malformed).toEqual(["TRACE is not served."]);
  });

  test.each<[string, Buffer]>([
    ["a body without a stream", frame(FRAME.data, 0, 0, Buffer.from("x"))],
    ["a head without a stream", frame(FRAME.headers, WHOLE, 0, requestBlock("GET", "/"))],
    ["a head's rest without its beginning", frame(FRAME.continuation, OPEN, 1, requestBlock("GET", "/"))],
    ["fields that no table has", frame(FRAME.headers, WHOLE, 1, Buffer.from([0xff, 0xff, 0xff, 0x0f]))],
    ["settings of half a length", frame(FRAME.settings, 0, 0, Buffer.alloc(5))],
  ])("%s ends the session", async (_what, bytes) => {
    const raw = await start(LONG, answer);
    raw.socket.write(bytes);
    await waitUntil(() => raw.malformed.length > 0, within("it is told"));
    await raw.closed;
    expect(raw.malformed).toHaveLength(1);
  });

  test("a client that breaks off is no malformed one", async () => {
    const requests: Inbound[] = [];
    const raw = await start(LONG, (inbound) => requests.push(inbound));
    let gone = false;
    raw.socket.write(frame(FRAME.headers, WHOLE, 1, requestBlock("GET", "/")));
    await waitUntil(() => requests.length === 1, within("it is under way"));
    requests[0]!.watch = { gone: () => (gone = true), tooSlow: () => {} };
    raw.socket.resetAndDestroy();
    await waitUntil(() => gone, within("it is gone"));
    expect(raw.malformed).toEqual([]);
  });
});

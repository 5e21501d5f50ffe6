import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, GET, KEEP, pass, stopClock } from "#gateway/testkit/wire/served-connection.ts";
import type { Inbound } from "../inbound.ts";

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

describe("a client's pace", () => {
  const TEN_A_SECOND = { bytesPerSecond: 10, graceMs: 1_000 };
  const LONG = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";

  /** A request whose body is read, and what was told of it. */
  function upload(perform: (inbound: Inbound) => void = () => {}) {
    const told: string[] = [];
    const made = connect((inbound) => {
      inbound.watch = {
        gone: () => {},
        tooSlow: (side) => {
          told.push(side);
          inbound.abort();
        },
      };
      inbound.readBody({ onBodyData: () => perform(inbound), onBodyEnd: () => {} });
    }, TEN_A_SECOND);
    return { ...made, told };
  }
  /** So many bytes every 250 ms. */
  async function drip(send: (text: string) => Promise<void>, bytes: number, seconds: number) {
    for (let piece = 0; piece < seconds * 4; piece += 1) {
      await send("x".repeat(bytes));
      await pass(250);
    }
  }

  test("a body that comes at less is told of, one that comes at more is not", async () => {
    const slow = upload();
    await slow.send(LONG);
    await drip(slow.send, 1, 2);
    expect(slow.told).toEqual(["request"]);
    const steady = upload();
    await steady.send(LONG);
    await drip(steady.send, 3, 20);
    expect(steady.told).toEqual([]);
  });

  test("what came fast is no credit for ever: a piece has its own time at most", async () => {
    const { send, told } = upload();
    await send(LONG + "x".repeat(50_000));
    await pass(2_900);
    expect(told).toEqual([]);
    await drip(send, 1, 8);
    expect(told).toEqual(["request"]);
  });

  test("time in which nobody reads the body is not the client's", async () => {
    let reads = 0;
    const { send, told } = upload((inbound) => {
      reads += 1;
      inbound.pauseBody();
      setTimeout(() => inbound.resumeBody(), 1_000);
    });
    await send(LONG);
    for (let piece = 0; piece < 10; piece += 1) {
      await send("x");
      await pass(1_001);
    }
    expect([reads, told]).toEqual([10, []]);
  });

  test("once the answer has begun, or where any pace will do, only silence counts", async () => {
    const talk = upload((inbound) => inbound.respond(200, [], KEEP));
    await talk.send(LONG);
    await drip(talk.send, 1, 6);
    expect(talk.told).toEqual([]);
    await pass(3_001);
    expect(talk.told).toEqual(["request"]);
    const told: string[] = [];
    const free = connect((inbound) => {
      inbound.watch = { gone: () => {}, tooSlow: (side) => void told.push(side) };
      inbound.readBody({ onBodyData: () => {}, onBodyEnd: () => {} }, true);
    }, TEN_A_SECOND);
    await free.send(LONG);
    await drip(free.send, 1, 6);
    expect(told).toEqual([]);
  });

  test("an answer of which nothing is taken is told of after the grace, and not before", async () => {
    const told: string[] = [];
    const { memory, send } = connect((inbound) => {
      inbound.watch = { gone: () => {}, tooSlow: (side) => void told.push(side) };
      inbound.respond(200, [], KEEP);
      inbound.write(Buffer.alloc(200_000));
    }, TEN_A_SECOND);
    memory.hold();
    await send(GET);
    await pass(999);
    expect(told).toEqual([]);
    await pass(2);
    expect(told).toEqual(["response"]);
  });
});

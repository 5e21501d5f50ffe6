import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connect, GET, KEEP, pass, POST, settled, stopClock } from "#gateway/testkit/wire/served-connection.ts";
import type { Inbound } from "../inbound.ts";

beforeEach(stopClock);
afterEach(() => void vi.useRealTimers());

function answer(inbound: Inbound, body: string): void {
  inbound.respond(200, ["Content-Length", String(body.length)], KEEP);
  inbound.write(Buffer.from(body));
  inbound.end();
}
const countOf = (text: string, part: string): number => text.split(part).length - 1;

describe("a client's time", () => {
  test("a head that drips has its time from its first byte, however often a piece comes", async () => {
    const { memory, problems, send } = connect(() => {});
    await send("GET / HTTP/1.1\r\n");
    for (let drip = 0; drip < 5; drip += 1) {
      await pass(190);
      await send("X: y\r\n");
    }
    expect(problems).toEqual([]);
    await pass(60);
    expect(problems).toEqual(["timeout"]);
    expect(memory.destroyed).toBe(true);
  });

  test("a connection that says nothing is let go, before its first request and between two", async () => {
    const silent = connect(() => {});
    await pass(1_001);
    expect(silent.memory.destroyed).toBe(true);
    const kept = connect((inbound) => answer(inbound, "x"));
    await kept.send(GET);
    await pass(1_999);
    expect(kept.memory.destroyed).toBe(false);
    await pass(2);
    expect(kept.memory.destroyed).toBe(true);
  });

  test("a body that stops is cut, one that waits for the upstream is not", async () => {
    let inbound: Inbound | undefined;
    let told = 0;
    const { memory, send } = connect((one) => {
      inbound = one;
      one.watch = {
        gone: () => {},
        tooSlow: () => {
          told += 1;
          one.abort();
        },
      };
      one.readBody({ onBodyData: () => one.pauseBody(), onBodyEnd: () => {} });
    });
    await send(`${POST}hello`);
    await pass(60_000);
    expect(memory.destroyed).toBe(false);
    inbound!.resumeBody();
    await pass(2_999);
    expect(memory.destroyed).toBe(false);
    await pass(2);
    expect(memory.destroyed).toBe(true);
    expect(told).toBe(1);
  });

  test("an answer that the client does not take is cut, also when it was the last", async () => {
    for (const close of [false, true]) {
      const { memory, send } = connect((inbound) => {
        inbound.respond(200, ["Content-Length", "100000"], { close, bodiless: false });
        inbound.write(Buffer.alloc(100_000));
        inbound.end();
      });
      memory.hold();
      await send(GET);
      await pass(3_999);
      expect(memory.destroyed).toBe(false);
      await pass(2);
      expect(memory.destroyed).toBe(true);
    }
  });

  test("a client that does not take its answer is cut although it goes on sending", async () => {
    const { memory, send } = connect((inbound) => {
      inbound.readBody({ onBodyData: () => {}, onBodyEnd: () => {} });
      inbound.respond(200, [], KEEP);
      inbound.write(Buffer.alloc(100_000));
    });
    memory.hold();
    await send(POST);
    for (let second = 0; second < 3; second += 1) {
      await pass(1_000);
      await send("x");
    }
    expect(memory.destroyed).toBe(false);
    await pass(1_001);
    expect(memory.destroyed).toBe(true);
  });

  test("a body that nobody wants is read for a moment and no longer, so that its sender sees the answer", async () => {
    const { memory, send } = connect((inbound) => answer(inbound, "no"));
    await send(`${POST}h`);
    expect(memory.text).toContain("Connection: close");
    for (let drip = 0; drip < 4; drip += 1) {
      await pass(120);
      await send("x");
    }
    expect(memory.destroyed).toBe(false);
    await pass(30);
    expect(memory.destroyed).toBe(true);
  });
});

describe("requests behind each other", () => {
  test("are answered in their order, one at a time", async () => {
    const waiting: Inbound[] = [];
    const { memory, send } = connect((inbound) => void waiting.push(inbound));
    await send(GET.replace("/", "/1") + GET.replace("/", "/2"));
    expect(waiting.map(({ target }) => target)).toEqual(["/1"]);
    answer(waiting[0]!, "one");
    await settled();
    expect(waiting.map(({ target }) => target)).toEqual(["/1", "/2"]);
    answer(waiting[1]!, "two");
    expect(memory.text.match(/one|two/g)).toEqual(["one", "two"]);
  });

  test("the next one is read when the one before was answered with its body's last byte", async () => {
    const targets: string[] = [];
    const chunked = "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n";
    const { send } = connect((inbound) => {
      targets.push(inbound.target);
      inbound.readBody({ onBodyData: () => {}, onBodyEnd: () => answer(inbound, "x") });
    });
    await send(chunked);
    await send(`0\r\n\r\n${GET.replace("/", "/2")}`);
    expect(targets).toEqual(["/1", "/2"]);
  });

  test("wait while the client does not take the answers, so that those cannot pile up", async () => {
    let begun = 0;
    const { memory, send } = connect((inbound) => {
      begun += 1;
      answer(inbound, "x".repeat(5_000));
    });
    memory.hold();
    await send(GET.repeat(1_000));
    expect(begun).toBeLessThan(20);
    expect(memory.writableLength).toBeLessThan(100_000);
    const before = begun;
    memory.release();
    await settled();
    expect(begun).toBeGreaterThan(before);
    expect(begun).toBe(1_000);
    expect(countOf(memory.text, "HTTP/1.1 200 OK")).toBe(1_000);
  });

  test("the client that does not take them is cut in its time, although it sends more", async () => {
    const { memory, send } = connect((inbound) => answer(inbound, "x".repeat(30_000)));
    memory.hold();
    await send(GET.repeat(10));
    for (let second = 0; second < 3; second += 1) {
      await pass(1_000);
      await send(GET);
    }
    expect(memory.destroyed).toBe(false);
    await pass(1_001);
    expect(memory.destroyed).toBe(true);
  });

  test("what comes ahead of its turn is bounded: the socket is paused", async () => {
    const { memory, send } = connect(() => {});
    await send(GET + "x".repeat(70_000));
    expect(memory.isPaused()).toBe(true);
  });

  test("none is read behind one that was refused", async () => {
    let begun = 0;
    const { problems, send } = connect((inbound) => {
      begun += 1;
      answer(inbound, "x");
    });
    await send(`${GET}GET /\r\n\r\n${GET}`);
    expect([begun, problems]).toEqual([1, ["bad_request_target"]]);
  });
});

describe("a client that closes its side", () => {
  test("is gone while it is not answered, and still gets what it has not taken yet", async () => {
    let gone = 0;
    const { memory, send } = connect((inbound) => {
      inbound.watch = { gone: () => (gone += 1), tooSlow: () => {} };
    });
    await send(GET);
    await memory.send([]);
    await settled();
    expect([gone, memory.destroyed]).toEqual([1, true]);
    const slow = connect((inbound) => answer(inbound, "x".repeat(100_000)));
    slow.memory.hold();
    await slow.send(GET);
    await slow.memory.send([]);
    await settled();
    expect(slow.memory.destroyed).toBe(false);
    slow.memory.release();
    await settled();
    expect(slow.memory.text.endsWith("x".repeat(1_000))).toBe(true);
  });

  test("in the middle of its body is gone", async () => {
    let gone = 0;
    const { memory, send } = connect((inbound) => {
      inbound.watch = { gone: () => (gone += 1), tooSlow: () => {} };
      inbound.readBody({ onBodyData: () => {}, onBodyEnd: () => {} });
    });
    await send(`${POST}hel`);
    await memory.send([]);
    await settled();
    expect([gone, memory.destroyed]).toEqual([1, true]);
  });

  test("is noticed while its request waits for the upstream", async () => {
    let gone = 0;
    const { memory, send } = connect((inbound) => {
      inbound.watch = { gone: () => (gone += 1), tooSlow: () => {} };
      inbound.readBody({
        onBodyData: () => inbound.pauseBody(),
        onBodyEnd: () => setImmediate(() => inbound.resumeBody()),
      });
    });
    await send(`${POST}0123456789`);
    expect(memory.isPaused()).toBe(false);
    memory.destroy();
    await settled();
    expect(gone).toBe(1);
  });
});

describe("a connection that is to take no more requests", () => {
  test("has a moment for its first one, which may be on its way, and is closed with the answer", async () => {
    const { memory, connection, send } = connect((inbound) => answer(inbound, "x"));
    connection.finish();
    await pass(99);
    expect(memory.destroyed).toBe(false);
    await send(GET);
    expect(memory.text).toContain("Connection: close");
    expect(memory.destroyed).toBe(true);
  });

  test("is closed when that moment has passed, also before it was told", async () => {
    const waiting = connect(() => {});
    waiting.connection.finish();
    await pass(101);
    expect(waiting.memory.destroyed).toBe(true);
    const old = connect(() => {});
    await pass(101);
    old.connection.finish();
    await settled();
    expect(old.memory.destroyed).toBe(true);
  });

  test("is closed at once between two requests", async () => {
    const { memory, connection, send } = connect((inbound) => answer(inbound, "x"));
    await send(GET);
    connection.finish();
    await settled();
    expect(memory.destroyed).toBe(true);
  });
});

test("the first half of HTTP/2's preface is waited for, and is no request", async () => {
  const { memory, problems, send } = connect(() => {});
  await send("PRI * HTTP/2.0\r\n\r\n");
  expect(problems).toEqual([]);
  await pass(1_001);
  expect([problems, memory.destroyed]).toEqual([["timeout"], true]);
  const whole = connect(() => {});
  await whole.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  expect(whole.problems).toEqual(["preface"]);
  const other = connect(() => {});
  await other.send("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
  expect(other.problems).toEqual(["http_version_unsupported"]);
});

test("100 Continue is sent when the body is wanted, once, and not to who has sent it already", async () => {
  const texts: string[] = [];
  for (const body of ["", "0123456789"]) {
    const { memory, send } = connect((inbound) => inbound.readBody({ onBodyData: () => {}, onBodyEnd: () => {} }));
    await send(POST.replace("Content", "Expect: 100-continue\r\nContent") + body);
    texts.push(memory.text);
  }
  expect(texts).toEqual(["HTTP/1.1 100 Continue\r\n\r\n", ""]);
});

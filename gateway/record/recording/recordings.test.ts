import { expect, test } from "vitest";
import { createLogger } from "#base/log.ts";
import { recording, type Recording } from "#contracts/api/recording.ts";
import type { Exchange } from "#gateway/pipeline/index.ts";
import { exchangeOf } from "#gateway/testkit/identified.ts";
import { Fields, type Inbound } from "#gateway/wire/index.ts";
import { Recordings } from "./recordings.ts";

const all = recording.parse({ requestBodyBytes: 65_536, responseBodyBytes: 65_536 }) as Recording;

function recordingsTo(lines: string[]) {
  return new Recordings({
    lines: {
      push: (line) => void lines.push(line),
      takeDropped: () => 0,
      takeWritten: () => lines.length,
    },
    node: "node",
    addresses: "full",
    clientAddressOf: () => "192.0.2.1",
    random: () => 0.5,
    nowUs: () => 5,
    log: createLogger("test", { level: "silent" }),
  });
}

/** An exchange whose request does nothing. */
function exchangeNow(): Exchange {
  const inbound: Inbound = {
    ...{ method: "GET", target: "/", authority: "a.test", version: "1.1", fields: new Fields([]) },
    ...{ hasBody: false, bodyLength: undefined, upgrade: undefined },
    ...{ watch: undefined, onDrain: undefined },
    ...{ readBody: () => {}, pauseBody: () => {}, resumeBody: () => {}, inform: () => {}, respond: () => {} },
    ...{ write: () => true, flush: () => {}, end: () => {}, abort: () => {}, tunnel: () => {} },
  };
  return Object.assign(exchangeOf(), { inbound, status: 200, startedAtUs: 1, upstreamStartedAtUs: 0, upstreamUs: -1 });
}

test("what calls in flight may hold is bounded, calls past it are counted and not recorded, and room comes back", () => {
  const lines: string[] = [];
  const recordings = recordingsTo(lines);
  const step = recordings.stepFor(all, undefined)!;
  const exchanges = Array.from({ length: 1_000 }, exchangeNow);
  for (const exchange of exchanges) void step(exchange);
  const { dropped } = recordings.takeOutcomes();
  const room = Math.floor((64 * 1_024 * 1_024) / (2 * 65_536 + 4_096));
  expect(dropped).toBe(1_000 - room);
  for (const { inbound } of exchanges) inbound.end();
  expect(lines).toHaveLength(room);
  void step(exchangeNow());
  expect(recordings.takeOutcomes()).toEqual({ written: room, dropped: 0, no_place: 0 });
});

test("an exchange is recorded once, whoever ends it, and what the server listens for goes on", () => {
  const lines: string[] = [];
  const step = recordingsTo(lines).stepFor(all, undefined)!;
  const exchange = exchangeNow();
  const { inbound } = exchange;
  let gone = 0;
  inbound.watch = { gone: () => (gone += 1), tooSlow: () => {} };
  void step(exchange);
  expect(exchange.inbound).not.toBe(inbound);
  exchange.inbound.onDrain = () => {};
  expect(inbound.onDrain).toBe(exchange.inbound.onDrain);
  inbound.watch.gone();
  exchange.inbound.abort();
  exchange.inbound.end();
  expect([gone, lines.length]).toEqual([1, 1]);
  expect(lines[0]!.endsWith("}\n")).toBe(true);
});

test("a share is drawn for each call", () => {
  const recordings = recordingsTo([]);
  const isRecorded = (share: number) => {
    const exchange = exchangeNow();
    const { inbound } = exchange;
    void recordings.stepFor({ ...all, share }, undefined)!(exchange);
    return exchange.inbound !== inbound;
  };
  expect([0.4, 0.6, 1].map(isRecorded)).toEqual([false, true, true]);
});

test("an end that comes while the gateway runs is kept, and one that has come costs no step", () => {
  const recordings = recordingsTo([]);
  const until = new Date(Date.now() + 60_000).toISOString();
  const step = recordings.stepFor({ ...all, until }, undefined)!;
  const [before, after] = [exchangeNow(), exchangeNow()];
  const inbounds = [before.inbound, after.inbound];
  void step(before);
  void step(Object.assign(after, { nowMs: Date.parse(until) }));
  expect([before.inbound !== inbounds[0], after.inbound !== inbounds[1]]).toEqual([true, false]);
  expect(recordings.stepFor({ ...all, until: "2020-01-01T00:00:00Z" }, undefined)).toBeUndefined();
  expect(recordings.stepFor({ ...all, share: 0 }, undefined)).toBeUndefined();
});

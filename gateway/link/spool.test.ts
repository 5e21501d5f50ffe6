import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpack } from "msgpackr";
import { describe, expect, test } from "vitest";
import { createLogger } from "#base/log.ts";
import type { AnalyticsBatch, AnalyticsEntry } from "#contracts/analytics/batch.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { Spool } from "./spool.ts";

const log = createLogger("gateway", { level: "silent" });
const folder = temporaryFolders();
const MIB = 1_024 * 1_024;

const entry = (count: number, operation: string | null = null): AnalyticsEntry => ({
  at: 1_760_000_000,
  api: "orders",
  operation,
  key: null,
  method: "GET",
  status: 200,
  reason: null,
  count,
  requestBytes: 0,
  responseBytes: 10,
  total: [[100, count]],
  upstream: [],
});
const read = (spool: Spool, id: string) => unpack(spool.frameOf(id)!) as AnalyticsBatch;

describe("what was not acknowledged is not lost", () => {
  test("a batch is there until it is acknowledged, and gone from the disk after", () => {
    const place = folder();
    const spool = new Spool(place, MIB, log);
    spool.add([entry(3)], 1);
    const [id] = spool.pending();
    expect(read(spool, id!)).toMatchObject({ batchId: id, entries: [{ count: 3 }], droppedRecords: 0 });
    spool.acknowledge(id!);
    expect(spool.size).toEqual({ batches: 0, bytes: 0, droppedRecords: 0 });
    expect(readdirSync(place)).toEqual([]);
  });

  test("a process that follows sends the same batches, by the same ids, in the same order", () => {
    const place = folder();
    const first = new Spool(place, MIB, log);
    for (const count of [1, 2, 3]) first.add([entry(count)], 1_000 * count);
    const second = new Spool(place, MIB, log);
    expect(second.pending()).toEqual(first.pending());
    expect(second.pending().map((id) => read(second, id).entries[0]!.count)).toEqual([1, 2, 3]);
  });

  test("where the disk refuses, batches wait in memory", () => {
    const place = join(folder(), "file");
    writeFileSync(place, "not a folder");
    const spool = new Spool(place, MIB, log);
    spool.add([entry(5)], 1);
    expect(read(spool, spool.pending()[0]!).entries[0]!.count).toBe(5);
  });
});

describe("what finds no room is counted and told", () => {
  test("past the cap the oldest batch goes, and the next one carries its records as a gap", () => {
    const spool = new Spool(folder(), 400, log);
    for (let at = 1; at <= 6; at += 1) spool.add([entry(10, `operation-${at}`)], at);
    const { bytes, batches, droppedRecords } = spool.size;
    expect(bytes).toBeLessThanOrEqual(400);
    expect(droppedRecords).toBe((6 - batches) * 10);
    expect(batches).toBeGreaterThan(0);
    // Delivered batches tell of all that was lost, each loss once; what nobody carries yet comes with the next one.
    let told = 0;
    const deliver = () => {
      for (const id of spool.pending()) {
        told += read(spool, id).droppedRecords;
        spool.acknowledge(id);
      }
    };
    deliver();
    spool.add([], 7);
    deliver();
    expect(told).toBe(droppedRecords);
  });

  test("a damaged file is passed over, the others are sent", () => {
    const place = folder();
    const before = new Spool(place, MIB, log);
    before.add([entry(1)], 1);
    writeFileSync(join(place, "000000000-0000-damaged.batch"), "not msgpack at all");
    const after = new Spool(place, MIB, log);
    expect(after.pending()).toEqual(before.pending());
  });

  test("nothing to tell makes no batch", () => {
    const spool = new Spool(folder(), MIB, log);
    spool.add([], 1);
    expect(spool.pending()).toEqual([]);
    spool.countLost(4);
    spool.add([], 2);
    expect(read(spool, spool.pending()[0]!)).toMatchObject({ entries: [], droppedRecords: 4 });
  });
});

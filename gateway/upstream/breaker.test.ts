import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { breaker as schema, type Breaker as Settings } from "#contracts/api/resilience.ts";
import { Breaker } from "./breaker.ts";

const settings = schema.parse({ sample: 4, errorShare: "50%", window: "10s", coolDown: "30s" });

function failing(breaker: Breaker, times: number, nowMs: number): void {
  for (let time = 0; time < times; time += 1) breaker.failed({}, "timeout", nowMs);
}

describe("a breaker", () => {
  test("opens at the share of failures, not below the sample", () => {
    const breaker = new Breaker(settings);
    failing(breaker, 3, 0);
    expect(breaker.admits(0)).toBe(true);
    failing(breaker, 1, 0);
    expect(breaker.admits(0)).toBe(false);
    expect(breaker.retryAfterMs(10_000)).toBe(20_000);
  });

  test("failures that are older than the window do not open it", () => {
    const breaker = new Breaker(settings);
    failing(breaker, 3, 0);
    failing(breaker, 1, 10_000);
    expect(breaker.admits(10_000)).toBe(true);
  });

  test("lets one probe through after the cool-down; its success closes, its failure opens again", () => {
    const breaker = new Breaker(settings);
    failing(breaker, 4, 0);
    const probe = {};
    expect(breaker.admits(30_000)).toBe(true);
    breaker.began(probe, 30_000);
    expect(breaker.admits(30_000)).toBe(false);
    breaker.answered(probe, 503, 30_500);
    expect(breaker.admits(60_000)).toBe(false);
    breaker.began(probe, 60_500);
    breaker.answered(probe, 200, 60_600);
    expect(breaker.isClosed).toBe(true);
    failing(breaker, 3, 60_700);
    expect(breaker.admits(60_700)).toBe(true);
    expect(breaker.opened).toBe(2);
  });

  test("what began before it opened decides nothing, and a cancelled probe makes room for the next", () => {
    const breaker = new Breaker(settings);
    failing(breaker, 4, 0);
    const probe = {};
    breaker.began(probe, 30_000);
    breaker.answered({}, 200, 30_001);
    expect(breaker.isClosed).toBe(false);
    breaker.cancelled(probe);
    expect(breaker.admits(30_002)).toBe(true);
  });

  test("counts what its settings name and nothing else", () => {
    const breaker = new Breaker(schema.parse({ sample: 1, on: [429, "connect"] }));
    breaker.answered({}, 500, 0);
    breaker.failed({}, "timeout", 0);
    breaker.failed({}, "busy", 0);
    expect(breaker.isClosed).toBe(true);
    breaker.answered({}, 429, 20_000);
    expect(breaker.isClosed).toBe(false);
  });
});

test("a breaker does what the model that remembers every event does", () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ act: fc.constant("attempt" as const), ok: fc.boolean(), tookMs: fc.nat(500) }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("cancel" as const) }) },
    { weight: 2, arbitrary: fc.record({ act: fc.constant("wait" as const), ms: fc.nat(12_000) }) },
  );
  const property = fc.property(
    fc.array(step, { maxLength: 200 }),
    fc.integer({ min: 1, max: 8 }),
    fc.constantFrom(0.25, 0.5, 1),
    (steps, sample, errorShare) => {
      const given: Settings = { ...settings, sample, errorShare };
      const breaker = new Breaker(given);
      const model = new Model(given);
      let nowMs = 0;
      for (const step of steps) {
        if (step.act === "wait") {
          nowMs += step.ms;
          continue;
        }
        const may = model.admits(nowMs);
        expect(breaker.admits(nowMs)).toBe(may);
        if (!may) continue;
        const who = {};
        breaker.began(who, nowMs);
        if (step.act === "cancel") {
          breaker.cancelled(who);
          continue;
        }
        nowMs += step.tookMs;
        if (step.ok) breaker.answered(who, 200, nowMs);
        else breaker.failed(who, "broken", nowMs);
        model.outcome(step.ok, nowMs);
        expect(breaker.isClosed).toBe(model.openedAtMs === undefined);
      }
    },
  );
  fc.assert(property);
});

/** Slow and obviously right: every attempt is kept, and counted anew each time. */
class Model {
  readonly settings: Settings;
  openedAtMs: number | undefined = undefined;
  past: { cell: number; ok: boolean }[] = [];

  constructor(settings: Settings) {
    this.settings = settings;
  }

  admits(nowMs: number): boolean {
    return this.openedAtMs === undefined || nowMs >= this.openedAtMs + this.settings.coolDown;
  }

  outcome(ok: boolean, nowMs: number): void {
    if (this.openedAtMs !== undefined) {
      this.openedAtMs = ok ? undefined : nowMs;
      this.past = [];
      return;
    }
    const cell = Math.floor(nowMs / (this.settings.window / 10));
    this.past.push({ cell, ok });
    const recent = this.past.filter((entry) => entry.cell > cell - 10);
    const failures = recent.filter((entry) => !entry.ok).length;
    if (!ok && recent.length >= this.settings.sample && failures >= this.settings.errorShare * recent.length)
      this.openedAtMs = nowMs;
  }
}

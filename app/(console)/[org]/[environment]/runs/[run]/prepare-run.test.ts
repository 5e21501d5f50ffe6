import { describe, expect, it } from "vitest";
import { applyEvents, prepareHeading, prepareLines, prepareOutcome, remainingMs } from "./prepare-run.ts";
import type { RunDetail, RunEvent } from "#app/_trpc/views.ts";

const step = (name: string, given: Partial<RunDetail["steps"][number]> = {}) => ({
  name,
  state: "pending" as const,
  startedAt: null,
  endedAt: null,
  detail: null,
  expectedMs: null,
  ...given,
});
const run = (given: Partial<RunDetail>) =>
  ({
    id: "run_a",
    kind: "create",
    state: "queued",
    deploymentName: "Control plane",
    lastSeq: 0,
    startedAt: null,
    steps: [],
    ...given,
  }) as RunDetail;
const event = (seq: number, body: RunEvent["body"], runId = "run_a") =>
  ({ runId, seq, at: `2026-11-24T12:00:0${seq}.000Z`, body }) as RunEvent;

describe("prepareHeading", () => {
  const of = (given: Partial<RunDetail>) => run({ environmentName: "Staging", ...given });
  const cluster = of({ kind: "destroy", deploymentKind: "cloud_cluster", deploymentName: "Asia", region: "asia" });
  const plane = of({ kind: "destroy", deploymentKind: "control_plane", region: "home" });
  it("a whole environment is named, and is where its control plane is, whatever goes first", () => {
    expect(prepareHeading([cluster, plane])).toEqual({ title: "Destroy Staging", place: "Staging", region: "home" });
  });
  it("one cluster is named itself", () => {
    expect(prepareHeading([cluster])).toEqual({ title: "Destroy Asia", place: "Staging", region: "asia" });
  });
});

describe("prepareOutcome", () => {
  it("an environment is live only when its control plane and its home cluster both are", () => {
    expect(prepareOutcome([run({ state: "succeeded" }), run({ state: "applying" })]).label).toBe("Applying");
    expect(prepareOutcome([run({ state: "succeeded" }), run({ state: "queued" })]).label).toBe(
      "Starting the next part",
    );
    expect(prepareOutcome([run({ state: "succeeded" }), run({ state: "succeeded" })]).label).toBe("Live");
  });
  it("a failure of either is a failure, whatever the other does", () => {
    expect(prepareOutcome([run({ state: "succeeded" }), run({ state: "failed" })]).label).toBe("Failed");
    expect(prepareOutcome([run({ state: "failed" }), run({ state: "queued" })])).toMatchObject({
      label: "Failed",
      over: true,
    });
  });
  it("a destroy ends in Destroyed", () => {
    expect(prepareOutcome([run({ kind: "destroy", state: "succeeded" })]).label).toBe("Destroyed");
  });
});

describe("applyEvents", () => {
  const before = run({ lastSeq: 1, steps: [step("prepare"), step("plan")] });
  it("brings steps and state up to date, and ignores what the detail already holds", () => {
    const after = applyEvents(before, [
      event(1, { kind: "step", step: "plan", state: "failed" }),
      event(2, { kind: "state", state: "planning" }),
      event(3, { kind: "step", step: "prepare", state: "running" }),
      event(4, { kind: "step", step: "prepare", state: "succeeded", detail: "4 ports" }),
    ]);
    expect(after.state).toBe("planning");
    expect(after.steps[0]).toMatchObject({
      state: "succeeded",
      startedAt: "2026-11-24T12:00:03.000Z",
      detail: "4 ports",
    });
    expect(after.steps[1]?.state).toBe("pending");
  });
  it("another run's events change nothing", () => {
    expect(applyEvents(before, [event(9, { kind: "state", state: "failed" }, "run_b")])).toBe(before);
  });
});

it("the rest of the way is known only when every open step has been measured before", () => {
  const now = Date.parse("2026-11-24T12:00:04Z");
  const running = step("plan", { state: "running", startedAt: "2026-11-24T12:00:00Z", expectedMs: 10_000 });
  expect(remainingMs([running, step("apply", { expectedMs: 5_000 })], now)).toBe(11_000);
  expect(remainingMs([running, step("apply")], now)).toBeNull();
  expect(remainingMs([step("apply", { state: "succeeded", expectedMs: 1 })], now)).toBeNull();
});

it("the story names resources as people do", () => {
  const lines = prepareLines(
    [run({})],
    [event(2, { kind: "resource", op: "create", type: "causeway-local:index:Service", name: "plane", status: "done" })],
  );
  expect(lines).toMatchObject([{ part: "Control plane", text: "Created Service plane", tone: "plain" }]);
});

it("a state that begins with its step is told once", () => {
  const lines = prepareLines(
    [run({})],
    [
      event(2, { kind: "state", state: "verifying" }),
      event(3, { kind: "step", step: "verify", state: "running" }),
      event(4, { kind: "state", state: "succeeded" }),
    ],
  );
  expect(lines.map(({ text }) => text)).toEqual(["Verify: started", "Succeeded"]);
});

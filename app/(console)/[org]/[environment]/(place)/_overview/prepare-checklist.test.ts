import { expect, it } from "vitest";
import { prepareChecklist } from "./prepare-checklist.ts";
import type { Deployment } from "#app/_trpc/views.ts";

const live = { state: "live", kind: "cloud_cluster", latestRun: { id: "run_1" } } as Deployment;

it("follows the main job step by step", () => {
  const steps = prepareChecklist("/a/e", { controlPlane: live, clusters: [live] }, { apis: 1, keys: 0, calls: 0 });
  expect(steps?.map(({ done }) => done)).toEqual([true, true, false, false, false]);
});

it("the first step leads to the run that is under way", () => {
  const coming = { ...live, state: "provisioning" } as Deployment;
  const steps = prepareChecklist("/a/e", { controlPlane: coming, clusters: [coming] }, { apis: 0, keys: 0, calls: 0 });
  expect(steps?.[0]).toMatchObject({ done: false, href: "/a/e/runs/run_1" });
});

it("goes away when its end is reached", () => {
  expect(
    prepareChecklist("/a/e", { controlPlane: live, clusters: [live, live] }, { apis: 1, keys: 1, calls: 9 }),
  ).toBeNull();
});

it("asks for nothing while the control plane does not say what there is", () => {
  const unknown = { apis: undefined, keys: undefined, calls: undefined };
  expect(prepareChecklist("/a/e", { controlPlane: live, clusters: [live] }, unknown)).toBeNull();
});

import { describe, expect, it } from "vitest";
import { clusterLook, environmentHealth, revisionLook } from "./health.ts";
import type { Deployment, Environment, GatewayNode } from "#app/_trpc/views.ts";

const standing = (...states: Deployment["state"][]) => {
  const [plane, ...clusters] = states.map((state) => ({ state }) as Deployment);
  return { controlPlane: plane ?? null, clusters } as Environment;
};

describe("environmentHealth", () => {
  it.each([
    [standing("live", "live"), "Live"],
    [standing("live", "provisioning"), "Coming up"],
    [standing("pending", "pending"), "Coming up"],
    [standing("live", "failed", "provisioning"), "Needs attention"],
    [standing("live", "destroying"), "Being destroyed"],
    [standing(), "Nothing deployed"],
  ])("says the worst of what stands", (environment, label) => expect(environmentHealth(environment).label).toBe(label));
});

it("a hybrid cluster is not called live before a node of it is", () => {
  const hybrid = { kind: "hybrid_cluster", state: "live" } as const;
  expect(clusterLook(hybrid).tone).toBe("still");
  expect(clusterLook(hybrid, 0).label).toBe("No node connected");
  expect(clusterLook(hybrid, 1).label).toBe("Live");
  expect(clusterLook({ kind: "cloud_cluster", state: "live" }).label).toBe("Live");
});

describe("revisionLook", () => {
  const node = (live: Partial<NonNullable<GatewayNode["live"]>>) => ({ live }) as Pick<GatewayNode, "live">;
  const at = (revision: number) => ({ revision, hash: "h" });

  it("a node that applied what is desired is green", () => {
    expect(revisionLook(node({ desired: at(7), applied: at(7), rejected: null }))).toEqual({
      label: "Applied 7",
      tone: "good",
    });
  });
  it("a node on its way says from where to where", () => {
    expect(revisionLook(node({ desired: at(7), applied: at(6), rejected: null })).label).toBe("6 → 7");
  });
  it("a rejection names the entity and the reason", () => {
    const rejected = { revision: 7, entity: "api orders", reason: "upstream is not a URL" };
    expect(revisionLook(node({ desired: at(7), applied: at(6), rejected }))).toMatchObject({
      label: "Rejected 7",
      tone: "signal",
      detail: "api orders: upstream is not a URL",
    });
  });
  it("an old rejection is history", () => {
    const rejected = { revision: 5, entity: "api orders", reason: "x" };
    expect(revisionLook(node({ desired: at(7), applied: at(7), rejected })).tone).toBe("good");
  });
});

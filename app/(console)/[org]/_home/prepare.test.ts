import { describe, expect, it } from "vitest";
import { prepareAttention } from "./prepare-attention.ts";
import { callsPerSecond, prepareMap } from "./prepare-map.ts";
import type { Deployment, Environment, GatewayNode } from "#app/_trpc/views.ts";

const places = [
  { id: "eu-west-dublin", name: "Dublin", side: "right" as const, x: 480, y: 100 },
  { id: "ap-south-mumbai", name: "Mumbai", side: "right" as const, x: 700, y: 210 },
  { id: "sa-east-saopaulo", name: "São Paulo", side: "right" as const, x: 370, y: 330 },
];

// Only what the functions read: the rest of a view stands elsewhere.
const deployment = (given: Partial<Omit<Deployment, "id">> & { id?: string }) =>
  ({ id: "dep_1", name: "Home", state: "live", ...given }) as Deployment;
const environment = (given: Partial<Environment>) =>
  ({
    slug: "production",
    name: "Production",
    homeRegion: "eu-west-dublin",
    controlPlane: deployment({}),
    clusters: [],
    ...given,
  }) as Environment;

describe("prepareMap", () => {
  const production = environment({
    clusters: [
      deployment({ id: "dep_home", region: "eu-west-dublin" }),
      deployment({ id: "dep_mumbai", region: "ap-south-mumbai" }),
      deployment({ id: "dep_hybrid", region: null }),
    ],
  });

  it("lights the home, the clusters elsewhere, and leaves other regions unlit", () => {
    const { lamps } = prepareMap(places, [production], new Map());
    expect(lamps.map(({ kind }) => kind)).toEqual(["home", "cluster", "idle"]);
  });

  it("draws one road to each cluster in another region; it moves only while calls do", () => {
    const still = prepareMap(places, [production], new Map([["dep_mumbai", 0]]));
    expect(still.links.map(({ id, busy }) => ({ id, busy }))).toEqual([{ id: "dep_mumbai", busy: false }]);
    const moving = prepareMap(places, [production], new Map([["dep_mumbai", 3.5]]));
    expect(moving.links[0]?.busy).toBe(true);
  });

  it("what failed asks for a person before anything else is said of its region", () => {
    const failed = environment({ controlPlane: deployment({ state: "failed" }) });
    expect(prepareMap(places, [failed, production], new Map()).lamps[0]?.kind).toBe("attention");
  });
});

it("a cluster of which no node was heard has no rate, which is not a rate of zero", () => {
  const node = (given: Partial<GatewayNode>) => given as GatewayNode;
  expect(callsPerSecond({ nodes: [node({ status: "unknown", live: null })] })).toBeNull();
  const live = { rps: 4 } as GatewayNode["live"];
  expect(callsPerSecond({ nodes: [node({ status: "connected", live }), node({ status: "connected", live })] })).toBe(8);
});

it("failed and stalled runs ask for attention, with the page where they are put right", () => {
  const run = {
    id: "run_1",
    kind: "create",
    state: "failed",
    failure: { code: "x", message: "Port is taken.", retryable: true },
  };
  const failed = environment({ clusters: [deployment({ latestRun: run as Deployment["latestRun"] })] });
  expect(prepareAttention("acme", [failed, environment({})])).toEqual([
    {
      id: "run_1",
      title: "Home of Production failed while coming up",
      text: "Port is taken.",
      href: "/acme/production/runs/run_1",
      action: "Look and try again",
    },
  ]);
});

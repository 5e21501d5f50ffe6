import { generateKeyPairSync, sign } from "node:crypto";
import { renewSigningInput } from "#contracts/link/enrolment.ts";
import { challengeNode } from "../link/renew-node.ts";
import { apiFields, type World } from "./world.ts";

/** A right call of one route. */
export interface RestExample {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: Record<string, unknown>;
}

type Make = (world: World) => RestExample | Promise<RestExample>;

let made = 0;
const fresh = (name: string): string => `${name} ${(made += 1)}`;

const here = ({ own }: World): RestExample => ({ params: { environment: own.environment } });
const hybrid = ({ own }: World): RestExample => ({ params: { cluster: own.hybrid } });
const ownerOf = ({ own }: World) => own.tenant.people.owner.caller;
const placeOf = ({ own }: World) => ({ org: own.tenant.slug, environment: own.environment });
const withApi = async (world: World) =>
  (await ownerOf(world).api.create({ ...placeOf(world), ...apiFields(fresh("Ferries")) })).id;
const withPolicy = async (world: World) =>
  (await ownerOf(world).policy.create({ ...placeOf(world), settings: { name: fresh("Tin") } })).id;
const withKey = async (world: World) => {
  const settings = { name: fresh("Dropped"), policies: [world.own.policy] };
  return (await ownerOf(world).key.create({ ...placeOf(world), settings })).id;
};

const writtenVersion = async (world: World, cluster?: string) =>
  String((await ownerOf(world).gateway.settings({ ...placeOf(world), cluster })).version);

const settings = () => ({
  name: fresh("Moored"),
  listen: `/${fresh("m").replace(" ", "")}`,
  upstream: "http://203.0.113.9",
});

/** One entry a route, by method and path; the walking test fails for a route without one. */
export const restExamples: Record<string, Make> = {
  "GET /regions": () => ({}),
  "GET /environments": () => ({}),
  "POST /environments": ({ deps }) => ({ body: { name: fresh("Trial"), homeRegion: deps.regions[0]!.id } }),
  "GET /environments/{environment}": here,
  "DELETE /environments/{environment}": async (world) => {
    const name = fresh("Sinking");
    const homeRegion = world.deps.regions[0]!.id;
    const { environment } = await ownerOf(world).environment.create({ org: placeOf(world).org, name, homeRegion });
    return { params: { environment }, query: { confirm: name } };
  },
  "GET /environments/{environment}/clusters": here,
  "POST /environments/{environment}/clusters": (world) => ({
    ...here(world),
    body: { kind: "hybrid", name: fresh("Boathouse") },
  }),
  "GET /environments/{environment}/apis": (world) => ({ ...here(world), query: { search: "harbour" } }),
  "POST /environments/{environment}/apis": (world) => ({ ...here(world), body: apiFields(fresh("Buoys")) }),
  "GET /environments/{environment}/apis/{api}": ({ own }) => ({
    params: { environment: own.environment, api: own.api },
  }),
  "PUT /environments/{environment}/apis/{api}": async (world) => ({
    params: { environment: world.own.environment, api: await withApi(world) },
    query: { version: "1" },
    body: settings(),
  }),
  "DELETE /environments/{environment}/apis/{api}": async (world) => ({
    params: { environment: world.own.environment, api: await withApi(world) },
  }),
  "GET /environments/{environment}/policies": here,
  "POST /environments/{environment}/policies": (world) => ({
    ...here(world),
    body: { name: fresh("Copper"), apis: { [world.own.api]: { rate: "5/s" } } },
  }),
  "GET /environments/{environment}/policies/{policy}": ({ own }) => ({
    params: { environment: own.environment, policy: own.policy },
  }),
  "PUT /environments/{environment}/policies/{policy}": async (world) => ({
    params: { environment: world.own.environment, policy: await withPolicy(world) },
    query: { version: "1" },
    body: { name: fresh("Zinc"), quota: "1000/30d" },
  }),
  "DELETE /environments/{environment}/policies/{policy}": async (world) => ({
    params: { environment: world.own.environment, policy: await withPolicy(world) },
  }),
  "GET /environments/{environment}/keys": here,
  "POST /environments/{environment}/keys": (world) => ({
    ...here(world),
    body: { name: fresh("Key"), policies: [world.own.policy] },
  }),
  "GET /environments/{environment}/keys/{key}": async (world) => ({
    params: { environment: world.own.environment, key: await withKey(world) },
  }),
  "PUT /environments/{environment}/keys/{key}": async (world) => ({
    params: { environment: world.own.environment, key: await withKey(world) },
    query: { version: "1" },
    body: { name: fresh("Slower"), policies: [world.own.policy], rate: "5/s" },
  }),
  "DELETE /environments/{environment}/keys/{key}": async (world) => ({
    params: { environment: world.own.environment, key: await withKey(world) },
  }),
  "GET /environments/{environment}/analytics": (world) => ({ ...here(world), query: { range: "15m" } }),
  "GET /clusters/{cluster}": hybrid,
  "DELETE /clusters/{cluster}": async (world) => {
    const name = fresh("Raft");
    const { cluster } = await ownerOf(world).cluster.createHybrid({ ...placeOf(world), name });
    return { params: { cluster }, query: { confirm: name } };
  },
  "GET /environments/{environment}/gateway-settings": here,
  "PUT /environments/{environment}/gateway-settings": async (world) => ({
    ...here(world),
    query: { version: await writtenVersion(world) },
    body: { settings: { limiter: "exact" } },
  }),
  "GET /clusters/{cluster}/gateway-settings": hybrid,
  "PUT /clusters/{cluster}/gateway-settings": async (world) => ({
    ...hybrid(world),
    query: { version: await writtenVersion(world, world.own.hybrid) },
    body: { settings: { maxConnections: 1_000 } },
  }),
  "GET /clusters/{cluster}/nodes": hybrid,
  "GET /clusters/{cluster}/enrolment-tokens": hybrid,
  "POST /clusters/{cluster}/enrolment-tokens": (world) => ({ ...hybrid(world), body: { name: "Crew", maxUses: 2 } }),
  "DELETE /clusters/{cluster}/enrolment-tokens/{token}": async (world) => {
    const { id } = await ownerOf(world).enrolment.create({ ...placeOf(world), cluster: world.own.hybrid });
    return { params: { cluster: world.own.hybrid, token: id } };
  },
  "GET /runs/{run}": ({ own }) => ({ params: { run: own.run } }),

  "POST /link/enrol": ({ own }) => ({
    body: {
      token: own.enrolment.token,
      publicKey: generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x,
      hostname: "quay-1",
      version: "0.1.0",
      capabilities: [],
    },
  }),
  "POST /link/challenge": ({ own }) => ({ body: { node: own.node } }),
  "POST /link/renew": ({ deps, own }) => {
    const { challenge } = challengeNode(deps, own.node);
    const signature = sign(null, Buffer.from(renewSigningInput(own.node, challenge)), own.nodeKey);
    return { body: { node: own.node, challenge, signature: signature.toString("base64url") } };
  },
};

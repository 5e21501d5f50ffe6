import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type { DeploymentId, EnvironmentId, NodeId, RunId } from "#contracts/ids.ts";
import type { Role } from "#contracts/plane/claims.ts";
import { deployments } from "#drizzle/console/schema.ts";
import type { Deps } from "../deps.ts";
import { enrolNode } from "../link/enrol-node.ts";
import { bootConsole, type TestConsole } from "./boot-console.ts";
import { openFingerprints } from "./fingerprint.ts";
import { startPlaneProcess, type PlaneProcess } from "./plane-process.ts";
import { freshAddress, signUpTenant, type Tenant } from "./tenants.ts";

/** Everything that one tenant can have, each thing once, so that there is an id of each kind to try on another. */
export interface Holding {
  tenant: Tenant;
  plane: PlaneProcess;
  environment: string;
  environmentId: EnvironmentId;
  run: RunId;
  api: string;
  policy: string;
  key: string;
  hybrid: DeploymentId;
  enrolment: { id: string; token: string };
  node: NodeId;
  nodeKey: KeyObject;
  apiToken: string;
  /** A bearer token for each role. */
  bearer: Record<Role, string>;
}

export interface World {
  console: TestConsole;
  deps: Deps;
  own: Holding;
  stranger: Holding;
  /** A fingerprint of every row of the console and of both control planes. */
  everything(): Promise<string[]>;
}

/** Two tenants with a control plane each, on one console. */
export async function bootWorld(env: Record<string, string> = {}): Promise<World> {
  const console = await bootConsole({ env });
  const [own, stranger] = await Promise.all([hold(console, "Harbour"), hold(console, "Lighthouse")]);
  const databases = [console.databaseUrl, own.plane.databaseUrl, stranger.plane.databaseUrl];
  const rows = await openFingerprints(databases);
  console.defer(rows.close);
  return { console, deps: console.deps, own, stranger, everything: rows.read };
}

async function hold(console: TestConsole, name: string): Promise<Holding> {
  const { deps } = console;
  const tenant = await signUpTenant(deps, name);
  const { caller } = tenant.people.owner;
  const org = tenant.slug;
  const home = deps.regions[0]!.id;
  const { environment, run } = await caller.environment.create({ org, name: `${name} main`, homeRegion: home });
  const place = { org, environment };
  const { id: environmentId } = await caller.environment.get(place);
  const plane = await startPlaneProcess(console, {
    org: tenant.scope.org.id,
    environment: environmentId,
    deployment: await controlPlaneOf(deps, environmentId),
  });
  const { cluster: hybrid, enrolment } = await caller.cluster.createHybrid({ ...place, name: "Cellar" });
  const { node, keys } = await enrol(deps, enrolment.token);
  const api = await caller.api.create({ ...place, ...apiFields(name) });
  const policy = await caller.policy.create({ ...place, settings: { name: "Gold", apis: [api.id] } });
  const key = await caller.key.create({ ...place, settings: { name: "Ada's", policies: [policy.id] } });
  const bearer = await bearers(tenant);
  const [listed] = await caller.apiToken.list({ org });
  return {
    tenant,
    plane,
    environment,
    environmentId,
    run,
    api: api.id,
    policy: policy.id,
    key: key.id,
    hybrid,
    enrolment: { id: enrolment.id, token: enrolment.token },
    node,
    nodeKey: keys.privateKey,
    apiToken: listed!.id,
    bearer,
  };
}

export function apiFields(name: string) {
  return { name, upstreamUrl: "http://203.0.113.9:8000", listenPath: `/${name.toLowerCase().replaceAll(" ", "-")}` };
}

/** A node's first call, with a key pair of its own. */
export async function enrol(deps: Deps, token: string, keys = generateKeyPairSync("ed25519")) {
  const publicKey = keys.publicKey.export({ format: "jwk" }).x!;
  const said = { hostname: "cellar-1", version: "0.1.0", capabilities: [], tags: [] };
  const answer = await enrolNode(deps, { token, publicKey, ...said }, freshAddress());
  return { node: answer.node, keys, publicKey, answer };
}

export async function controlPlaneOf(deps: Deps, environment: EnvironmentId): Promise<DeploymentId> {
  const [row] = await deps.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(and(eq(deployments.environmentId, environment), eq(deployments.kind, "control_plane")));
  return row!.id;
}

async function bearers(tenant: Tenant): Promise<Record<Role, string>> {
  const { caller } = tenant.people.owner;
  const of = async (role: Role) =>
    (await caller.apiToken.create({ org: tenant.slug, name: `For a ${role}`, role })).token;
  return {
    owner: await of("owner"),
    admin: await of("admin"),
    developer: await of("developer"),
    viewer: await of("viewer"),
  };
}

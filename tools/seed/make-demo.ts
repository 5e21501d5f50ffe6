import { z } from "zod";
import { deploymentView, environmentView } from "#contracts/console/views.ts";
import { keyCreated, keyView } from "#contracts/plane/entities.ts";
import { pageOf } from "#contracts/problem.ts";
import { callGateways } from "./call-gateways.ts";
import { demoApis, demoKeys, demoPolicies, demoTenant, ordersApi } from "./demo-tenant.ts";
import { deployEnvironment } from "./deploy-environment.ts";
import type { RestClient } from "./rest-client.ts";
import { waitForRun } from "./wait-for-run.ts";

export interface Demo {
  environment: string;
  clusters: { id: string; kind: string; endpoint: string | null }[];
  api: string;
  key: string;
}

type Tell = (line: string) => void;

/** Makes what misses and keeps what stands, found by its name: a second run ends in the same tenant. */
export async function makeDemo(rest: RestClient, upstream: string, tell: Tell): Promise<Demo> {
  const environment = await standingEnvironment(rest, tell);
  const base = `/environments/${environment}`;
  const clusters = await standingClusters(rest, base, tell);
  const wantedApis = demoApis.map((api) => ({ ...api, upstreamUrl: upstream }));
  const apis = await standing(rest, `${base}/apis`, wantedApis);
  const idsOf = (names: readonly string[]) => names.map((name) => apis.get(name));
  const wantedPolicies = demoPolicies.map((policy) => ({ ...policy, apis: idsOf(policy.apis) }));
  const policies = await standing(rest, `${base}/policies`, wantedPolicies);
  tell(`${apis.size} APIs and ${policies.size} policies are published`);
  const [key, trialKey] = await freshKeys(rest, base, policies);
  const endpoints = clusters.flatMap(({ endpoint }) => endpoint ?? []);
  tell(`${await callGateways(endpoints, { key: key!, trialKey: trialKey! })} calls went through the gateways`);
  return { environment, clusters, api: apis.get(ordersApi)!, key: key! };
}

async function standingEnvironment(rest: RestClient, tell: Tell): Promise<string> {
  const { items } = await rest.get("/environments", pageOf(environmentView));
  const found = items.find(({ name }) => name === demoTenant.environment.name);
  if (found) return found.slug;
  const { slug } = await deployEnvironment(rest, demoTenant.environment);
  tell(`${demoTenant.environment.name} is live: its control plane and its home cluster`);
  return slug;
}

async function standingClusters(rest: RestClient, base: string, tell: Tell): Promise<Demo["clusters"]> {
  const list = async () => (await rest.get(`${base}/clusters`, pageOf(deploymentView))).items;
  const names = new Set((await list()).map(({ name }) => name));
  for (const wanted of [demoTenant.cloudCluster, demoTenant.hybridCluster]) {
    if (names.has(wanted.name)) continue;
    const { run } = await rest.post(`${base}/clusters`, wanted, z.object({ run: z.string().nullable() }));
    if (run) await waitForRun(rest, run);
    tell(`${wanted.name} ${run ? "is live" : "waits for its first node"}`);
  }
  return (await list()).map(({ id, kind, endpoint }) => ({ id, kind, endpoint }));
}

/** The ids of APIs or policies by name; those that are not there yet are made. */
async function standing(
  rest: RestClient,
  path: string,
  wanted: readonly { name: string }[],
): Promise<Map<string, string>> {
  const { items } = await rest.get(path, pageOf(named));
  const ids = new Map(items.map(({ name, id }) => [name, id]));
  for (const one of wanted) if (!ids.has(one.name)) ids.set(one.name, (await rest.post(path, one, named)).id);
  return ids;
}

const named = z.object({ id: z.string(), name: z.string() });

/** A key is shown once: what an earlier seed was shown is gone, so it is revoked and made anew. */
async function freshKeys(rest: RestClient, base: string, policies: Map<string, string>): Promise<string[]> {
  const { items } = await rest.get(`${base}/keys`, pageOf(keyView));
  const secrets: string[] = [];
  for (const { name, policy } of demoKeys) {
    for (const old of items.filter((key) => key.name === name && key.state === "active"))
      await rest.delete(`${base}/keys/${old.id}`, z.undefined());
    const made = await rest.post(`${base}/keys`, { name, policies: [policies.get(policy)] }, keyCreated);
    secrets.push(made.secret);
  }
  return secrets;
}

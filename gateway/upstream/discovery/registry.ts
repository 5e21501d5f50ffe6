import type { ConsulDiscovery, Discovery, HttpDiscovery } from "#contracts/api/targets.ts";
import type { Secrets } from "#gateway/secrets/index.ts";
import type { TargetFact } from "../balance/target.ts";
import type { GuardedRequest } from "../guarded-request.ts";
import { valuesAt } from "./json-path.ts";

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4 * 1_024 * 1_024;

/** The list of a registry as it is now; rejects with what is wrong with its answer. */
export function askRegistry(discovery: Discovery, ask: GuardedRequest, secrets: Secrets): Promise<TargetFact[]> {
  return "consul" in discovery ? askConsul(discovery, ask, secrets) : askHttp(discovery, ask, secrets);
}

async function askHttp(discovery: HttpDiscovery, ask: GuardedRequest, secrets: Secrets): Promise<TargetFact[]> {
  const { url, items, token } = discovery;
  const headers = token === undefined ? NOTHING : { authorization: `Bearer ${secretOf(token, secrets)}` };
  // A path to the list itself means its entries.
  const found = valuesAt(await askJson(url, headers, ask), items).flatMap((each) => each);
  return found.map((entry, index) => factOf(entry, discovery, `entry ${index} of ${items}`));
}

/** Consul's health endpoint, of the instances whose own checks pass. */
async function askConsul(discovery: ConsulDiscovery, ask: GuardedRequest, secrets: Secrets): Promise<TargetFact[]> {
  const { address, service, tag, datacenter, token } = discovery.consul;
  const query = new URLSearchParams({ passing: "true", ...(tag && { tag }), ...(datacenter && { dc: datacenter }) });
  const url = `${address.replace(/\/+$/, "")}/v1/health/service/${encodeURIComponent(service)}?${query}`;
  const headers = token === undefined ? NOTHING : { "x-consul-token": secretOf(token, secrets) };
  const answer = await askJson(url, headers, ask);
  if (!Array.isArray(answer)) throw new Error(`${url}: expected an array`);
  return answer.map((entry: unknown, index) => {
    const [own] = valuesAt(entry, "Service.Address");
    const [host] = own === "" || own === undefined ? valuesAt(entry, "Node.Address") : [own];
    const [port] = valuesAt(entry, "Service.Port");
    const [weight] = valuesAt(entry, "Service.Weights.Passing");
    return factOf({ host, port, weight }, { ...discovery, ...CONSUL_FIELDS }, `entry ${index}`);
  });
}

const NOTHING: Record<string, string> = Object.freeze({});
const CONSUL_FIELDS = { host: "host", port: "port", weight: "weight" };

type Fields = Pick<HttpDiscovery, "host" | "port" | "weight" | "scheme" | "path">;

function factOf(entry: unknown, fields: Fields, where: string): TargetFact {
  const isText = typeof entry === "string";
  const host = isText ? entry : valuesAt(entry, fields.host)[0];
  const port = isText ? undefined : valuesAt(entry, fields.port)[0];
  const weight = (isText ? undefined : valuesAt(entry, fields.weight)[0]) ?? 1;
  if (typeof host !== "string" || host === "") throw new Error(`${where}: no host at ${fields.host}`);
  if (typeof weight !== "number" || !Number.isFinite(weight) || weight < 0)
    throw new Error(`${where}: the weight at ${fields.weight} is no number from 0`);
  return { url: urlOf(host, port, fields, where), weight, priority: 0, healthy: true };
}

/** `host` is a name, an address, one with a port, or a URL of its own. */
function urlOf(host: string, port: unknown, { scheme, path = "" }: Fields, where: string): string {
  if (/^https?:\/\//.test(host)) return checked(host, where);
  const isBareIpv6 = host.includes("::") || /^[0-9a-fA-F]*:[0-9a-fA-F]*:/.test(host);
  const name = isBareIpv6 && !host.startsWith("[") ? `[${host}]` : host;
  const hasPort = typeof port === "number" || (typeof port === "string" && /^\d+$/.test(port));
  if (port !== undefined && port !== null && !hasPort) throw new Error(`${where}: the port is no number`);
  return checked(`${scheme}://${name}${hasPort ? `:${port}` : ""}${path}`, where);
}

/** A registry that writes a path, a user or a query into a host would move requests elsewhere. */
function checked(text: string, where: string): string {
  if (!URL.canParse(text)) throw new Error(`${where}: ${text} is no URL`);
  const { username, password, search, hash } = new URL(text);
  if (username || password || search || hash) throw new Error(`${where}: ${text} has more than host, port and path`);
  return text;
}

async function askJson(url: string, headers: Record<string, string>, ask: GuardedRequest): Promise<unknown> {
  const { status, body } = await ask({
    url,
    headers: { accept: "application/json", ...headers },
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if (status !== 200) throw new Error(`${url}: status ${status}`);
  return JSON.parse(body.toString("utf8")) as unknown;
}

function secretOf(reference: string, secrets: Secrets): string {
  const value = secrets.read(reference);
  if (value === undefined) throw new Error(`${reference} cannot be read`);
  return value;
}

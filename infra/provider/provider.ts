import { isDeepStrictEqual } from "node:util";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { stackName, thingName } from "#infra/local/api.ts";
import type { RegionClient } from "#infra/local/client.ts";
import { regionErrorOf } from "#infra/local/errors.ts";
import type { Inputs, ResourceHandler } from "./handler.ts";
import { database, endpoint, redis, secretFile, service } from "./region-things.ts";
import { asSecret, holdsSecret, revealed } from "./rpc-secrets.ts";
import { signingKey } from "./signing-key.ts";

export const PROVIDER_NAME = "causeway-local";
export const PROVIDER_VERSION = "1.0.0";

const handlers: Record<string, ResourceHandler> = {
  [`${PROVIDER_NAME}:index:Service`]: service,
  [`${PROVIDER_NAME}:index:Database`]: database,
  [`${PROVIDER_NAME}:index:Redis`]: redis,
  [`${PROVIDER_NAME}:index:Endpoint`]: endpoint,
  [`${PROVIDER_NAME}:index:SecretFile`]: secretFile,
  [`${PROVIDER_NAME}:index:SigningKey`]: signingKey,
};

/** Pulumi's view of the local region. Ids are `stack/name`; a resource that moves to another stack or name is replaced. */
export function localProvider(region: RegionClient): Provider {
  return {
    version: PROVIDER_VERSION,
    getSchema: async () => JSON.stringify({ name: PROVIDER_NAME, version: PROVIDER_VERSION, resources: {} }),
    async check(urn, _olds, news: object) {
      const inputs = plain(news);
      const named: Record<string, string> = {};
      if (!stackName.safeParse(inputs.stack).success) named.stack = "expected the stack's name";
      if (!thingName.safeParse(inputs.name).success) named.name = "expected a short name in lower case";
      const problems = { ...named, ...handlerOf(urn).problems(inputs) };
      // Pulumi prints the value of a property that failed, so a failure names it in its reason only.
      const failures = Object.entries(problems).map(([name, reason]) => ({
        property: "",
        reason: `${name}: ${reason}`,
      }));
      return { inputs: news, failures };
    },
    async diff(_id, _urn, oldState: object, newInputs: object) {
      const [olds, news] = [plain(oldState), plain(newInputs)];
      const changed = Object.keys(news).filter((property) => !isDeepStrictEqual(news[property], olds[property]));
      const dropped = Object.keys(olds).filter((property) => wasInput(property, olds) && !(property in news));
      const replaces = changed.filter((property) => ["stack", "name", "seed"].includes(property));
      return { changes: changed.length + dropped.length > 0, replaces, deleteBeforeReplace: true };
    },
    async create(urn, inputs: object) {
      const { stack, name } = plain(inputs);
      return { id: `${stack}/${name}`, outs: await put(urn, inputs) };
    },
    update: async (_id, urn, _olds, news: object) => ({ outs: await put(urn, news) }),
    async read(id, urn, props?: object) {
      const found = props && (await marked(handlerOf(urn).read(region, plain(props))));
      return found ? { id, props } : { id: "" };
    },
    delete: (_id, urn, props: object) => marked(handlerOf(urn).remove(region, plain(props))),
  };

  async function put(urn: string, inputs: object): Promise<Record<string, unknown>> {
    const handler = handlerOf(urn);
    const outputs = await marked(handler.put(region, plain(inputs)));
    const secret = new Set([...handler.secretOutputs, ...secretInputs(inputs)]);
    const kept = Object.entries(outputs).map(([name, value]) => [name, secret.has(name) ? asSecret(value) : value]);
    return { ...Object.fromEntries(kept), [INPUT_NAMES]: Object.keys(inputs).sort() };
  }
}

/** `check` has proved the shape. */
function plain(properties: object): Inputs {
  return revealed(properties) as Inputs;
}

function secretInputs(inputs: object): string[] {
  return Object.entries(inputs).flatMap(([name, value]) => (holdsSecret(value) ? [name] : []));
}

/** A user may take a property away again; outputs are never in the new inputs and must not read as a difference. */
const INPUT_NAMES = "inputNames";

function wasInput(property: string, olds: Inputs): boolean {
  const names = olds[INPUT_NAMES];
  return Array.isArray(names) && names.includes(property);
}

/** Pulumi carries errors as text only: the mark brings the region's code through to the worker. */
async function marked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, message } = regionErrorOf(error);
    throw new Error(`causeway[${code}] ${message}`, { cause: error });
  }
}

function handlerOf(urn: string): ResourceHandler {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const handler = handlers[type];
  if (!handler) throw new Error(`the provider ${PROVIDER_NAME} has no resource ${type}`);
  return handler;
}

import { isDeepStrictEqual } from "node:util";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { stackName, thingName } from "#infra/local/api.ts";
import type { RegionClient } from "#infra/local/client.ts";
import type { Inputs, ResourceHandler } from "./handler.ts";
import { database, endpoint, redis, secretFile, service } from "./region-things.ts";
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
    async check(urn, _olds, news: Inputs) {
      const named: Record<string, string> = {};
      if (!stackName.safeParse(news.stack).success) named.stack = "expected the stack's name";
      if (!thingName.safeParse(news.name).success) named.name = "expected a short name in lower case";
      const problems = { ...named, ...handlerOf(urn).problems(news) };
      return { inputs: news, failures: Object.entries(problems).map(([property, reason]) => ({ property, reason })) };
    },
    async diff(_id, _urn, olds: Inputs, news: Inputs) {
      const changed = Object.keys(news).filter((property) => !isDeepStrictEqual(news[property], olds[property]));
      const dropped = Object.keys(olds).filter((property) => inputOnly(property, olds) && !(property in news));
      const replaces = changed.filter((property) => property === "stack" || property === "name" || property === "seed");
      return { changes: changed.length + dropped.length > 0, replaces, deleteBeforeReplace: true };
    },
    async create(urn, inputs: Inputs) {
      return { id: `${inputs.stack}/${inputs.name}`, outs: remembering(inputs, await handlerOf(urn).put(region, inputs)) };
    },
    async update(_id, urn, _olds, news: Inputs) {
      return { outs: remembering(news, await handlerOf(urn).put(region, news)) };
    },
    async read(id, urn, props?: Inputs) {
      const found = props && (await handlerOf(urn).read(region, props));
      return found ? { id, props: found } : { id: "" };
    },
    delete: (_id, urn, props: Inputs) => handlerOf(urn).remove(region, props),
  };
}

/** Properties that a user could take away again; outputs are never in `news` and must not read as a difference. */
const INPUT_NAMES = "inputNames";

function remembering(inputs: Inputs, outputs: Inputs): Inputs {
  return { ...outputs, [INPUT_NAMES]: Object.keys(inputs).sort() };
}

function inputOnly(property: string, olds: Inputs): boolean {
  const names = olds[INPUT_NAMES];
  return Array.isArray(names) && names.includes(property);
}

function handlerOf(urn: string): ResourceHandler {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const handler = handlers[type];
  if (!handler) throw new Error(`the provider ${PROVIDER_NAME} has no resource ${type}`);
  return handler;
}

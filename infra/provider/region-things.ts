import type { z } from "zod";
import { databaseSpec, endpointSpec, fileSpec, redisSpec, serviceSpec, type ThingKind } from "#infra/local/api.ts";
import type { RegionClient } from "#infra/local/client.ts";
import type { Inputs, Outputs, ResourceHandler } from "./handler.ts";

/** The resources that are things of the local region, one line each: its schema, how to put it, how to look for it. */
export const service = regionThing("services", serviceSpec, {
  async put(region, { stack, name }, spec) {
    await region.putService(stack, name, spec);
    return {};
  },
  look: (region, stack, name) => region.getService(stack, name),
});

export const database = regionThing("databases", databaseSpec, {
  put: async (region, { stack, name }, spec) => ({ url: (await region.putDatabase(stack, name, spec)).url }),
  look: (region, stack, name) => region.getDatabase(stack, name),
});

export const redis = regionThing("redis", redisSpec, {
  put: async (region, { stack, name }, spec) => ({ url: (await region.putRedis(stack, name, spec)).url }),
  look: (region, stack, name) => region.getRedis(stack, name),
});

export const endpoint = regionThing("endpoints", endpointSpec, {
  put: async (region, { stack, name }, spec) => ({ address: (await region.putEndpoint(stack, name, spec)).address }),
  look: (region, stack, name) => region.getEndpoint(stack, name),
});

export const secretFile = regionThing("files", fileSpec, {
  put: async (region, { stack, name }, spec) => ({ path: (await region.putFile(stack, name, spec)).path }),
  look: (region, stack, name) => region.getFile(stack, name),
});

interface ThingCalls<Spec> {
  /** Gives the outputs beyond the inputs. */
  put(region: RegionClient, place: Inputs, spec: Spec): Promise<Record<string, unknown>>;
  look(region: RegionClient, stack: string, name: string): Promise<unknown>;
}

function regionThing<Spec>(kind: ThingKind, schema: z.ZodType<Spec>, calls: ThingCalls<Spec>): ResourceHandler {
  const specOf = ({ stack: _stack, name: _name, ...rest }: Inputs) => rest;
  return {
    // A URL of a database or a Redis carries its password.
    secretOutputs: ["url"],
    problems(inputs) {
      const result = schema.safeParse(specOf(inputs));
      if (result.success) return {};
      return Object.fromEntries(result.error.issues.map((issue) => [issue.path.join(".") || "spec", issue.message]));
    },
    put: async (region, inputs): Promise<Outputs> => ({
      ...inputs,
      ...(await calls.put(region, inputs, schema.parse(specOf(inputs)))),
    }),
    read: async (region, known) => ((await calls.look(region, known.stack, known.name)) ? known : undefined),
    remove: (region, known) => region.remove(known.stack, kind, known.name),
  };
}

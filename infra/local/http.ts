import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { z } from "zod";
import type { Logger } from "#base/log.ts";
import {
  databaseSpec,
  endpointSpec,
  EPOCH_HEADER,
  fileSpec,
  redisSpec,
  serviceSpec,
  stackName,
  thingKind,
  thingName,
  type ThingKind,
} from "./api.ts";
import { RegionError, regionErrorOf, regionStatusOf } from "./errors.ts";
import type { Region } from "./region.ts";

const BODY_CAP_BYTES = 2_000_000;

interface ThingRoutes {
  put(stack: string, name: string, body: unknown): Promise<unknown>;
  get(stack: string, name: string): unknown;
  delete(stack: string, name: string): Promise<void>;
}

/** The region's API. Reached over a Unix socket that only its owner may open, so it asks for no credential. */
export function regionServer(region: Region, log: Logger): Server {
  const things = thingRoutes(region);
  const server = createServer((request, response) => {
    answer(region, things, request)
      .then((body) => send(response, 200, body))
      .catch((thrown: unknown) => {
        const error = regionErrorOf(thrown);
        log.warn({ method: request.method, url: request.url, code: error.code }, error.message);
        send(response, regionStatusOf[error.code], { code: error.code, message: error.message });
      });
  });
  // A service that is slow to become healthy keeps its request open; the specification has its own limit.
  server.requestTimeout = 0;
  return server;
}

async function answer(
  region: Region,
  things: Record<ThingKind, ThingRoutes>,
  request: IncomingMessage,
): Promise<unknown> {
  const url = new URL(request.url ?? "/", "http://region");
  const [version, scope, stackText, kindText, nameText, verb] = url.pathname.split("/").slice(1);
  if (version !== "v1") throw unknownRoute(request);
  if (scope === "health") return { ok: true, pid: process.pid, ...region.health() };
  if (scope === "inventory") return region.inventory(parsed(stackName, url.searchParams.get("stack")));
  if (scope !== "stacks") throw unknownRoute(request);
  const stack = parsed(stackName, stackText);
  if (kindText === undefined) return stackAnswer(region, stack, request);
  const name = parsed(thingName, nameText);
  const kind = parsed(thingKind, kindText);
  if (request.method !== "GET") await admitEpoch(region, stack, request);
  if (kind === "services" && verb === "logs") return { lines: await region.logs(stack, name, linesOf(url)) };
  if (kind === "services" && verb === "restart" && request.method === "POST") return region.restartService(stack, name);
  if (verb !== undefined) throw unknownRoute(request);
  return thingAnswer(things[kind], request, stack, name);
}

/** POST claims a stack for the epoch that it carries, DELETE takes all of it away. */
async function stackAnswer(region: Region, stack: string, request: IncomingMessage): Promise<unknown> {
  if (request.method !== "POST" && request.method !== "DELETE") throw unknownRoute(request);
  await admitEpoch(region, stack, request);
  if (request.method === "DELETE") await region.removeStack(stack);
  return {};
}

async function thingAnswer(
  routes: ThingRoutes,
  request: IncomingMessage,
  stack: string,
  name: string,
): Promise<unknown> {
  if (request.method === "PUT") return routes.put(stack, name, await bodyOf(request));
  if (request.method === "DELETE") return (await routes.delete(stack, name), {});
  if (request.method !== "GET") throw unknownRoute(request);
  const found = routes.get(stack, name);
  if (found === undefined) throw new RegionError("not_found", `There is no ${name} in ${stack}.`);
  return found;
}

function thingRoutes(region: Region): Record<ThingKind, ThingRoutes> {
  return {
    services: {
      put: (stack, name, body) => region.putService(stack, name, parsed(serviceSpec, body)),
      get: (stack, name) => region.getService(stack, name),
      delete: (stack, name) => region.deleteService(stack, name),
    },
    databases: {
      put: (stack, name, body) => region.putDatabase(stack, name, parsed(databaseSpec, body)),
      get: (stack, name) => region.getDatabase(stack, name),
      delete: (stack, name) => region.deleteDatabase(stack, name),
    },
    redis: {
      put: (stack, name, body) => region.putRedis(stack, name, parsed(redisSpec, body)),
      get: (stack, name) => region.getRedis(stack, name),
      delete: (stack, name) => region.deleteRedis(stack, name),
    },
    endpoints: {
      put: (stack, name, body) => region.putEndpoint(stack, name, parsed(endpointSpec, body)),
      get: (stack, name) => region.getEndpoint(stack, name),
      delete: (stack, name) => region.deleteEndpoint(stack, name),
    },
    files: {
      put: (stack, name, body) => region.putFile(stack, name, parsed(fileSpec, body)),
      get: (stack, name) => region.getFile(stack, name),
      delete: (stack, name) => region.deleteFile(stack, name),
    },
  };
}

async function admitEpoch(region: Region, stack: string, request: IncomingMessage): Promise<void> {
  const header = request.headers[EPOCH_HEADER];
  if (header === undefined) return;
  const epoch = Number(header);
  if (!Number.isInteger(epoch) || epoch < 0)
    throw new RegionError("invalid", `${EPOCH_HEADER}: expected a whole number`);
  await region.admit(stack, epoch);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Without `setEncoding`, a request's chunks are buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_CAP_BYTES) throw new RegionError("invalid", `The body is larger than ${BODY_CAP_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString() || "{}");
  } catch (error) {
    throw new RegionError("invalid", "The body is not JSON.", error);
  }
}

function parsed<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new RegionError("invalid", `${issue?.path.join(".") || "value"}: ${issue?.message ?? "is not valid"}`);
}

function linesOf(url: URL): number {
  return Math.min(2_000, Math.max(1, Number(url.searchParams.get("lines")) || 200));
}

function unknownRoute(request: IncomingMessage): RegionError {
  return new RegionError("not_found", `Nothing answers ${request.method} ${request.url}.`);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

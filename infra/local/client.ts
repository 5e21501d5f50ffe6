import { request } from "node:http";
import { z } from "zod";
import {
  databaseStatus,
  endpointStatus,
  EPOCH_HEADER,
  fileStatus,
  healthStatus,
  inventory,
  logLines,
  redisStatus,
  regionProblem,
  serviceStatus,
  type DatabaseSpec,
  type EndpointSpec,
  type FileSpec,
  type RedisSpec,
  type ServiceSpec,
  type ThingKind,
} from "./api.ts";
import { RegionError, regionErrorCodes, type RegionErrorCode } from "./errors.ts";

export interface RegionClientOptions {
  socket: string;
  /** Sent with every change; see `EPOCH_HEADER`. A function, since one client serves several leases. */
  epoch?: () => number | undefined;
}

export type RegionClient = ReturnType<typeof regionClient>;

/** The local region, as the provider and the worker call it. Failures are `RegionError`s, `unreachable` among them. */
export function regionClient(options: RegionClientOptions) {
  const put = <T>(kind: ThingKind, answer: z.ZodType<T>) => {
    return (stack: string, name: string, spec: unknown) => call(options, "PUT", thing(stack, kind, name), answer, spec);
  };
  const get = <T>(kind: ThingKind, answer: z.ZodType<T>) => {
    return (stack: string, name: string) => orUndefined(call(options, "GET", thing(stack, kind, name), answer));
  };
  return {
    putService: put("services", serviceStatus) as Put<Partial<ServiceSpec>, z.infer<typeof serviceStatus>>,
    putDatabase: put("databases", databaseStatus) as Put<DatabaseSpec, z.infer<typeof databaseStatus>>,
    putRedis: put("redis", redisStatus) as Put<Partial<RedisSpec>, z.infer<typeof redisStatus>>,
    putEndpoint: put("endpoints", endpointStatus) as Put<EndpointSpec, z.infer<typeof endpointStatus>>,
    putFile: put("files", fileStatus) as Put<FileSpec, z.infer<typeof fileStatus>>,
    getService: get("services", serviceStatus),
    getDatabase: get("databases", z.object({ name: z.string() })),
    getRedis: get("redis", redisStatus),
    getEndpoint: get("endpoints", endpointStatus),
    getFile: get("files", fileStatus),
    /** From its answer on, whoever carries an older epoch is refused. */
    async claimStack(stack: string): Promise<void> {
      await call(options, "POST", `/v1/stacks/${stack}`, z.unknown());
    },
    async remove(stack: string, kind: ThingKind, name: string): Promise<void> {
      await call(options, "DELETE", thing(stack, kind, name), z.unknown());
    },
    async removeStack(stack: string): Promise<void> {
      await call(options, "DELETE", `/v1/stacks/${stack}`, z.unknown());
    },
    restartService: (stack: string, name: string) =>
      call(options, "POST", `${thing(stack, "services", name)}/restart`, serviceStatus),
    logs: async (stack: string, name: string, lines: number) =>
      (await call(options, "GET", `${thing(stack, "services", name)}/logs?lines=${lines}`, logLines)).lines,
    inventory: (stack: string) => call(options, "GET", `/v1/inventory?stack=${stack}`, inventory),
    health: () => call(options, "GET", "/v1/health", healthStatus),
  };
}

type Put<Spec, Status> = (stack: string, name: string, spec: Spec) => Promise<Status>;

const thing = (stack: string, kind: ThingKind, name: string) => `/v1/stacks/${stack}/${kind}/${name}`;

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RegionError && error.code === "not_found") return undefined;
    throw error;
  }
}

async function call<T>(
  options: RegionClientOptions,
  method: string,
  path: string,
  answer: z.ZodType<T>,
  body?: unknown,
): Promise<T> {
  const { status, text } = await exchange(options, method, path, body);
  const json: unknown = JSON.parse(text || "{}");
  if (status < 300) return answer.parse(json);
  const problem = regionProblem.parse(json);
  const known = regionErrorCodes.find((code): code is RegionErrorCode => code === problem.code);
  throw new RegionError(known ?? "internal", problem.message);
}

function exchange(options: RegionClientOptions, method: string, path: string, body: unknown) {
  const epoch = options.epoch?.();
  const headers = {
    "content-type": "application/json",
    ...(epoch === undefined ? {} : { [EPOCH_HEADER]: String(epoch) }),
  };
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        new RegionError(
          "unreachable",
          `The local region does not answer at ${options.socket}. Is npm start running?`,
          error,
        ),
      );
    const sent = request({ socketPath: options.socket, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", fail);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 500, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.once("error", fail);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

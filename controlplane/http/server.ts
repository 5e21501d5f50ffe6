import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z, ZodError } from "zod";
import { AppError, messageOf, type FieldProblem } from "#base/errors.ts";
import { newId } from "#base/id.ts";
import { fieldsOf, problemHeaders, problemOf } from "#base/problem.ts";
import { analyticsQuery } from "#contracts/plane/analytics.ts";
import { apiInput } from "#contracts/plane/apis.ts";
import type { ManagementClaims } from "#contracts/plane/claims.ts";
import { keyInput, policyInput, type PlaneStatus } from "#contracts/plane/entities.ts";
import { gatewaySettingsInput } from "#contracts/plane/gateway-settings.ts";
import { membersAt } from "#contracts/walk-schema.ts";
import { reportCalls } from "../analytics/report.ts";
import { createApi, deleteApi, getApi, listApis, updateApi } from "../apis/manage-apis.ts";
import { previewDocument } from "../apis/read-document.ts";
import { listAudit } from "../audit/record-audit.ts";
import { createKey, getKey, listKeys, revokeKey, updateKey } from "../keys/manage-keys.ts";
import type { LinkServer } from "../link/link-server.ts";
import { listNodes } from "../link/nodes.ts";
import type { Plane } from "../plane.ts";
import { createPolicy, deletePolicy, getPolicy, listPolicies, updatePolicy } from "../policies/manage-policies.ts";
import { listRevisions } from "../revisions/publish.ts";
import type { Snapshots } from "../revisions/snapshots.ts";
import {
  getGatewaySettings,
  ofCluster,
  ofEnvironment,
  putGatewaySettings,
  type SettingsScope,
} from "../settings/gateway-settings.ts";
import { authenticate, demandRole } from "./authenticate.ts";

/** A document of 5 MB inside JSON, with room for escapes. */
const MOST_BODY_BYTES = 12 * 1024 * 1024;

export interface Serving {
  plane: Plane;
  snapshots: Snapshots;
  link: LinkServer;
  startedAtMs: number;
}

interface Call {
  claims: ManagementClaims;
  params: Record<string, string>;
  query: unknown;
  body: unknown;
}

/** The management API and the health routes, on one Fastify. */
export function createHttpServer(serving: Serving): FastifyInstance {
  const { plane } = serving;
  const app = Fastify({
    forceCloseConnections: true,
    bodyLimit: MOST_BODY_BYTES,
    genReqId: () => newId("req", plane.clock.now(), plane.random),
  });
  app.get("/livez", () => ({ status: "ok" }));
  app.get("/readyz", (_request, reply) => answerReady(serving, reply));
  app.setErrorHandler((error, request, reply) => answerError(plane, error, request, reply));
  app.setNotFoundHandler(() => {
    throw new AppError("not_found", "There is no such path in the management API.");
  });
  addRoutes(app, serving);
  return app;
}

function answerReady({ snapshots }: Serving, reply: FastifyReply) {
  const ready = snapshots.revision > 0;
  return reply.code(ready ? 200 : 503).send({ ready, revision: snapshots.revision });
}

const byId = "/:id";
const versionQuery = z.object({ version: z.coerce.number().int().min(1) });
/** What people call the cluster: here it has an id only. */
const settingsQuery = z.object({ name: z.string().min(1).max(60).optional() });
/** 0: nobody has written any yet. */
const writtenSettingsQuery = z.object({ version: z.coerce.number().int().min(0) });

function addRoutes(app: FastifyInstance, serving: Serving): void {
  const { plane, snapshots, link } = serving;
  const route = (
    method: "GET" | "POST" | "PUT" | "DELETE",
    url: string,
    status: 200 | 201 | 204,
    work: (call: Call) => unknown,
  ) =>
    app.route({
      method,
      url: `/v1${url}`,
      handler: async (request, reply) => {
        const claims = await authenticate(plane, request.headers.authorization);
        demandRole(claims, method !== "GET" && url !== "/apis/preview");
        const { params, query, body } = request;
        const answer = await work({ claims, params: params as Record<string, string>, query, body });
        return reply.code(status).send(status === 204 ? undefined : answer);
      },
    });

  route("GET", "/status", 200, () => statusOf(serving));
  route("GET", "/apis", 200, () => listApis(plane));
  route("POST", "/apis", 201, ({ claims, body }) => createApi(plane, claims.actor, readBody(apiInput, body)));
  route("POST", "/apis/preview", 200, ({ body }) =>
    previewDocument(z.object({ document: z.string() }).parse(body).document),
  );
  route("GET", `/apis${byId}`, 200, ({ params }) => getApi(plane, params.id!));
  route("PUT", `/apis${byId}`, 200, ({ claims, params, query, body }) =>
    updateApi(plane, claims.actor, params.id!, versionQuery.parse(query).version, readBody(apiInput, body)),
  );
  route("DELETE", `/apis${byId}`, 204, ({ claims, params }) => deleteApi(plane, claims.actor, params.id!));

  route("GET", "/policies", 200, () => listPolicies(plane));
  route("POST", "/policies", 201, ({ claims, body }) => createPolicy(plane, claims.actor, readBody(policyInput, body)));
  route("GET", `/policies${byId}`, 200, ({ params }) => getPolicy(plane, params.id!));
  route("PUT", `/policies${byId}`, 200, ({ claims, params, query, body }) =>
    updatePolicy(plane, claims.actor, params.id!, versionQuery.parse(query).version, readBody(policyInput, body)),
  );
  route("DELETE", `/policies${byId}`, 204, ({ claims, params }) => deletePolicy(plane, claims.actor, params.id!));

  route("GET", "/keys", 200, () => listKeys(plane));
  route("POST", "/keys", 201, ({ claims, body }) => createKey(plane, claims.actor, readBody(keyInput, body)));
  route("GET", `/keys${byId}`, 200, ({ params }) => getKey(plane, params.id!));
  route("PUT", `/keys${byId}`, 200, ({ claims, params, query, body }) =>
    updateKey(plane, claims.actor, params.id!, versionQuery.parse(query).version, readBody(keyInput, body)),
  );
  route("DELETE", `/keys${byId}`, 204, ({ claims, params }) => revokeKey(plane, claims.actor, params.id!));

  const scoped = ({ params, query }: Call): SettingsScope =>
    params.id === undefined ? ofEnvironment : ofCluster(params.id, settingsQuery.parse(query).name);
  for (const url of ["/gateway-settings", `/clusters${byId}/gateway-settings`]) {
    route("GET", url, 200, (call) => getGatewaySettings(plane, scoped(call)));
    route("PUT", url, 200, (call) => {
      const { version } = writtenSettingsQuery.parse(call.query);
      return putGatewaySettings(
        plane,
        call.claims.actor,
        scoped(call),
        version,
        readBody(gatewaySettingsInput, call.body),
      );
    });
  }

  route("GET", "/revisions", 200, () => listRevisions(plane));
  route("GET", "/nodes", 200, () => listNodes(plane, snapshots));
  route("DELETE", `/nodes${byId}`, 204, ({ params }) => link.retire(params.id!));
  route("GET", "/audit", 200, ({ query }) => listAudit(plane, (query as { cursor?: string }).cursor));
  route("GET", "/analytics", 200, ({ query }) => reportCalls(plane, analyticsQuery.parse(query)));
}

function statusOf({ plane, snapshots, link, startedAtMs }: Serving): PlaneStatus {
  const { revision, hash } = snapshots.for({ cluster: plane.env.CAUSEWAY_PLANE_ID, tags: [], capabilities: [] });
  return {
    revision,
    hash,
    nodesConnected: link.connectedNodes,
    version: "1",
    startedAt: new Date(startedAtMs).toISOString(),
  };
}

function answerError(plane: Plane, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const known = toAppError(error);
  if (known.code === "internal") plane.log.error({ err: error, requestId: request.id }, messageOf(error));
  const problem = problemOf(known, request.id);
  return reply.code(problem.status).headers(problemHeaders(known)).send(problem);
}

/** People write settings by hand: of a member that is not known, the refusal names the one that was probably meant. */
function readBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(fieldsOf(result.error, (path) => membersAt(schema, path)));
}

function invalid(fields: FieldProblem[]): AppError {
  const [first] = fields;
  return new AppError("invalid", `${first?.path || "The body"}: ${first?.message ?? "is not as expected"}.`, {
    fields,
  });
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ZodError) return invalid(fieldsOf(error));
  const status = (error as { statusCode?: number }).statusCode;
  if (status === 413) return new AppError("too_large", "The body is larger than 12 MB.");
  if (status && status < 500) return new AppError("invalid", messageOf(error));
  return new AppError("internal", "Something went wrong in the control plane.", { cause: error });
}

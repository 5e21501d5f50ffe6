import { z } from "zod";
import { AppError, errorCodes, type ErrorCode } from "#base/errors.ts";
import { analyticsReport } from "#contracts/plane/analytics.ts";
import { apiDetail, apiPreview, apiView, type ApiInputRaw } from "#contracts/plane/apis.ts";
import { auditView, keyCreated, keyView, planeNode, policyView, revisionView } from "#contracts/plane/entities.ts";
import { gatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import { pageOf, problem } from "#contracts/problem.ts";

const REQUEST_TIMEOUT_MS = 10_000;
const nothing = z.undefined();

/** A cluster as its control plane knows it, with the name that people gave it here. */
export interface PlaneCluster {
  id: string;
  name: string;
}

/** The control plane's management API. Answers are parsed: a plane of another version fails here and not in a page. */
export class PlaneClient {
  readonly #base: string;
  readonly #token: string;

  constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  listApis = () => this.#call("GET", "/v1/apis", z.array(apiView));
  getApi = (id: string) => this.#call("GET", `/v1/apis/${encodeURIComponent(id)}`, apiDetail);
  previewApi = (document: string) => this.#call("POST", "/v1/apis/preview", apiPreview, { document });
  createApi = (input: ApiInputRaw) => this.#call("POST", "/v1/apis", apiDetail, input);
  updateApi = (id: string, version: number, input: Record<string, unknown>) =>
    this.#call("PUT", `/v1/apis/${encodeURIComponent(id)}?version=${version}`, apiDetail, input);
  deleteApi = (id: string) => this.#call("DELETE", `/v1/apis/${encodeURIComponent(id)}`, nothing);

  listPolicies = () => this.#call("GET", "/v1/policies", z.array(policyView));
  getPolicy = (id: string) => this.#call("GET", `/v1/policies/${encodeURIComponent(id)}`, policyView);
  createPolicy = (input: Record<string, unknown>) => this.#call("POST", "/v1/policies", policyView, input);
  updatePolicy = (id: string, version: number, input: Record<string, unknown>) =>
    this.#call("PUT", `/v1/policies/${encodeURIComponent(id)}?version=${version}`, policyView, input);
  deletePolicy = (id: string) => this.#call("DELETE", `/v1/policies/${encodeURIComponent(id)}`, nothing);

  listKeys = () => this.#call("GET", "/v1/keys", z.array(keyView));
  getKey = (id: string) => this.#call("GET", `/v1/keys/${encodeURIComponent(id)}`, keyView);
  createKey = (input: Record<string, unknown>) => this.#call("POST", "/v1/keys", keyCreated, input);
  updateKey = (id: string, version: number, input: Record<string, unknown>) =>
    this.#call("PUT", `/v1/keys/${encodeURIComponent(id)}?version=${version}`, keyView, input);
  revokeKey = (id: string) => this.#call("DELETE", `/v1/keys/${encodeURIComponent(id)}`, nothing);

  /** Of all clusters where none is named. */
  getGatewaySettings = (cluster?: PlaneCluster) =>
    this.#call("GET", `/v1${placeOf(cluster)}/gateway-settings`, gatewaySettingsView);
  putGatewaySettings = (cluster: PlaneCluster | undefined, version: number, input: Record<string, unknown>) => {
    const query = new URLSearchParams({ version: String(version), ...(cluster && { name: cluster.name }) });
    return this.#call("PUT", `/v1${placeOf(cluster)}/gateway-settings?${query.toString()}`, gatewaySettingsView, input);
  };

  listRevisions = () => this.#call("GET", "/v1/revisions", z.array(revisionView));
  listNodes = () => this.#call("GET", "/v1/nodes", z.array(planeNode));
  retireNode = (id: string) => this.#call("DELETE", `/v1/nodes/${encodeURIComponent(id)}`, nothing);
  listAudit = (cursor?: string) =>
    this.#call("GET", `/v1/audit${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`, pageOf(auditView));
  report = (query: Record<string, string>) =>
    this.#call("GET", `/v1/analytics?${new URLSearchParams(query).toString()}`, analyticsReport);

  async #call<T>(method: string, path: string, answer: z.ZodType<T>, body?: unknown): Promise<T> {
    let response: Response;
    try {
      response = await fetch(this.#base + path, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
    } catch (cause) {
      throw new AppError(
        "unavailable",
        "The control plane does not answer. Gateways go on serving; try again in a moment.",
        {
          cause,
          detail: `${method} ${path}`,
          retryAfterSeconds: 3,
        },
      );
    }
    if (response.status === 204) return answer.parse(undefined);
    const payload: unknown = await response.json().catch(() => undefined);
    if (response.ok) return answer.parse(payload);
    throw refusalOf(payload, `${method} ${path} ${response.status}`);
  }
}

const placeOf = (cluster?: PlaneCluster) => (cluster ? `/clusters/${encodeURIComponent(cluster.id)}` : "");

/** The plane's problem, told on: its codes are ours, and its sentence was written for people. */
function refusalOf(payload: unknown, detail: string): AppError {
  const parsed = problem.safeParse(payload);
  const known = parsed.success && (errorCodes as readonly string[]).includes(parsed.data.code);
  if (!known)
    return new AppError("unavailable", "The control plane answered in a way that the console does not understand.", {
      detail,
    });
  // A plane that refuses the console's own token is a fault of ours, not of the person's session.
  const code = parsed.data.code === "unauthenticated" ? "internal" : (parsed.data.code as ErrorCode);
  return new AppError(code, parsed.data.detail ?? parsed.data.title, { detail, fields: parsed.data.fields });
}

import type { Deps } from "../deps.ts";
import { answerRest } from "../rest/handle.ts";
import type { RestExample } from "./rest-examples.ts";
import { freshAddress } from "./tenants.ts";

export interface RestCall extends RestExample {
  bearer?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Sends one request to the REST API: `path` is a template whose `{members}` come from `params`. */
export function callRest(deps: Deps, method: string, path: string, call: RestCall = {}): Promise<Response> {
  const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => encodeURIComponent(call.params?.[name] ?? ""));
  const url = new URL(`http://127.0.0.1:3000/api/v1${filled}`);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  const headers = new Headers({ "x-forwarded-for": freshAddress(), ...call.headers });
  if (call.bearer) headers.set("authorization", `Bearer ${call.bearer}`);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  return answerRest(deps, new Request(url, { method, headers, body, signal: call.signal }));
}

import type { IncomingMessage } from "node:http";
import { messageOf } from "#base/errors.ts";
import { ChangeRefused, type ListedKey, type Management, type Reason } from "#gateway/config/index.ts";
import { json, problem, text, type Answer } from "./answer.ts";
import { BodyRefused, readJson, readText } from "./request-body.ts";

export interface V1Deps {
  status(): unknown;
  apis(): unknown;
  /** Throws with the reason where the configuration could not be read; what is served stays. */
  reload(): Promise<unknown>;
  /** Undefined where the configuration comes over the link. */
  management(): Management | undefined;
}

interface Call {
  req: IncomingMessage;
  query: URLSearchParams;
  deps: V1Deps;
}

interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Segments; `:id` takes any one. */
  path: string;
  answer(call: Call, id: string): Answer | Promise<Answer>;
}

const MOST_CONFIGURATION_BYTES = 64 * 1024 * 1024;
const MOST_KEY_BYTES = 64 * 1024;
const MOST_LISTED = 1_000;

/** All that may be asked with the admin token. */
const routes: readonly Route[] = [
  { method: "GET", path: "/v1/status", answer: ({ deps }) => json(deps.status()) },
  { method: "GET", path: "/v1/apis", answer: ({ deps }) => json({ items: deps.apis(), nextCursor: null }) },
  { method: "POST", path: "/v1/reload", answer: ({ deps }) => reload(deps) },
  { method: "GET", path: "/v1/config", answer: (call) => readConfiguration(call) },
  { method: "PUT", path: "/v1/config", answer: (call) => writeConfiguration(call) },
  { method: "GET", path: "/v1/keys", answer: (call) => listKeys(call) },
  { method: "POST", path: "/v1/keys", answer: (call) => issueKey(call) },
  { method: "GET", path: "/v1/keys/:id", answer: (call, id) => readKey(call, id) },
  { method: "PUT", path: "/v1/keys/:id", answer: (call, id) => changeKey(call, id) },
  { method: "DELETE", path: "/v1/keys/:id", answer: (call, id) => withdrawKey(call, id) },
];

/** Answers a call that showed the token. `target`: path and query. */
export async function answerV1(req: IncomingMessage, method: string, target: URL, deps: V1Deps): Promise<Answer> {
  const found = routes.flatMap((route) => {
    const id = idIn(route.path, target.pathname);
    return id === undefined ? [] : [{ route, id }];
  });
  if (found.length === 0) return problem(404, "not_found", `Known: ${knownRoutes()}.`);
  const match = found.find(({ route }) => route.method === method);
  if (!match) {
    const allow = found.map(({ route }) => route.method).join(", ");
    return problem(405, "method_not_allowed", `Here: ${allow}.`, { Allow: allow });
  }
  try {
    return await match.route.answer({ req, query: target.searchParams, deps }, match.id);
  } catch (error) {
    if (error instanceof BodyRefused) return problem(error.status, error.code, error.message);
    if (error instanceof ChangeRefused) return problem(...STATUS_OF[error.reason], error.message);
    throw error;
  }
}

const STATUS_OF = {
  not_found: [404, "not_found"],
  conflict: [409, "conflict"],
  read_only: [409, "configuration_read_only"],
  changed_meanwhile: [412, "changed_meanwhile"],
  invalid: [422, "configuration_invalid"],
} satisfies Record<Reason, [number, string]>;

function knownRoutes(): string {
  return routes.map(({ method, path }) => `${method} ${path.replace(":id", "{id}")}`).join(", ");
}

/** Empty where the route names none. */
function idIn(path: string, asked: string): string | undefined {
  if (!path.endsWith(":id")) return path === asked ? "" : undefined;
  const before = path.slice(0, -":id".length);
  const id = asked.startsWith(before) ? asked.slice(before.length) : "";
  return /^[^/%]+$/.test(id) ? id : undefined;
}

async function reload(deps: V1Deps): Promise<Answer> {
  try {
    return json(await deps.reload());
  } catch (error) {
    return problem(422, "configuration_invalid", messageOf(error));
  }
}

function managementOf({ deps }: Call): Management {
  const management = deps.management();
  if (management) return management;
  throw new ChangeRefused(
    "read_only",
    "this gateway is configured over the link: APIs and keys are changed in the console",
  );
}

function readConfiguration(call: Call): Answer {
  const { text: written, tag } = managementOf(call).written();
  return text(200, written, { ETag: `"${tag}"` });
}

async function writeConfiguration(call: Call): Promise<Answer> {
  const management = managementOf(call);
  const ifTag = /^"([^"]*)"$/.exec(call.req.headers["if-match"] ?? "")?.[1];
  if (ifTag === undefined && call.req.headers["if-match"] !== undefined)
    return problem(400, "if_match_malformed", 'If-Match: expected the one ETag that GET /v1/config answered, "…".');
  const { tag } = await management.rewrite(await readText(call.req, MOST_CONFIGURATION_BYTES), ifTag);
  return json(call.deps.status(), 200, { ETag: `"${tag}"` });
}

function listKeys(call: Call): Answer {
  const limit = Number(call.query.get("limit") ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
    return problem(400, "limit_invalid", `limit: expected a number from 1 to ${MOST_LISTED}.`);
  const cursor = call.query.get("cursor") ?? "";
  const keys = managementOf(call)
    .keys()
    .filter(({ id }) => id > cursor)
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const items = keys.slice(0, limit);
  return json({ items, nextCursor: keys.length > limit ? items.at(-1)!.id : null });
}

function readKey(call: Call, id: string): Answer {
  const key = managementOf(call)
    .keys()
    .find((one: ListedKey) => one.id === id);
  return key ? json(key) : problem(404, "not_found", `No key is called ${id}.`);
}

async function issueKey(call: Call): Promise<Answer> {
  const management = managementOf(call);
  const { key, secret } = await management.issueKey(await readJson(call.req, MOST_KEY_BYTES));
  return json({ ...key, secret }, 201, { Location: `/v1/keys/${key.id}` });
}

async function changeKey(call: Call, id: string): Promise<Answer> {
  return json(await managementOf(call).changeKey(id, await readJson(call.req, MOST_KEY_BYTES)));
}

async function withdrawKey(call: Call, id: string): Promise<Answer> {
  await managementOf(call).withdrawKey(id);
  return text(204, "");
}

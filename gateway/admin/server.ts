import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createHash, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { Registry } from "#base/metrics.ts";
import { messageOf } from "#base/errors.ts";
import type { Secret } from "#base/secret.ts";

export interface AdminDeps {
  token: Secret | undefined;
  registry: Registry;
  /** Null: ready. Else why not, in a few words. */
  notReady(): string | null;
  status(): unknown;
  apis(): unknown;
  /** Throws with the reason where the configuration could not be read; what is served stays. */
  reload(): Promise<unknown>;
}

interface Answer {
  status: number;
  body: string;
  contentType: string;
}

/** Listens for machines and operators; rejects when the address cannot be had. */
export async function startAdmin(
  address: { host: string; port: number },
  deps: AdminDeps,
): Promise<{ server: Server; url: string }> {
  const server = createServer((req, res) => {
    answer(req, deps).then(
      (given) => send(res, given),
      (error: unknown) => send(res, problem(500, "internal", messageOf(error))),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return { server, url: `http://${host}:${port}` };
}

async function answer(req: IncomingMessage, deps: AdminDeps): Promise<Answer> {
  const route = `${req.method === "HEAD" ? "GET" : req.method} ${req.url!.split("?")[0]}`;
  if (route === "GET /livez") return text(200, "ok\n");
  if (route === "GET /readyz") {
    const reason = deps.notReady();
    return reason === null ? text(200, "ok\n") : text(503, `${reason}\n`);
  }
  if (route === "GET /metrics") {
    return { status: 200, body: await deps.registry.metrics(), contentType: deps.registry.contentType };
  }
  if (!route.includes(" /v1/"))
    return problem(404, "not_found", "Known: /livez, /readyz, /metrics, /v1/status, /v1/apis, /v1/reload.");
  return refuse(req, deps.token) ?? answerV1(route, deps);
}

async function answerV1(route: string, deps: AdminDeps): Promise<Answer> {
  if (route === "GET /v1/status") return json(deps.status());
  if (route === "GET /v1/apis") return json({ items: deps.apis(), nextCursor: null });
  if (route !== "POST /v1/reload")
    return problem(404, "not_found", "Known: GET /v1/status, GET /v1/apis, POST /v1/reload.");
  try {
    return json(await deps.reload());
  } catch (error) {
    return problem(422, "configuration_invalid", messageOf(error));
  }
}

function refuse(req: IncomingMessage, token: Secret | undefined): Answer | undefined {
  if (!token) return problem(403, "admin_disabled", "Set CAUSEWAY_ADMIN_TOKEN and send it as bearer to use /v1.");
  const given = /^bearer (.+)$/i.exec(req.headers.authorization ?? "")?.[1] ?? "";
  // Hashed first: equal lengths, so that the comparison's time says nothing.
  if (timingSafeEqual(digest(given), digest(token.reveal()))) return undefined;
  return problem(401, "unauthenticated", "Send Authorization: Bearer with the value of CAUSEWAY_ADMIN_TOKEN.");
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}

function text(status: number, body: string): Answer {
  return { status, body, contentType: "text/plain; charset=utf-8" };
}

function json(value: unknown): Answer {
  return { status: 200, body: JSON.stringify(value), contentType: "application/json" };
}

function problem(status: number, code: string, detail: string): Answer {
  const body = JSON.stringify({ type: `urn:causeway:problem:${code}`, title: code, status, code, detail });
  return { status, body, contentType: "application/problem+json" };
}

function send(res: ServerResponse, { status, body, contentType }: Answer): void {
  const headers: Record<string, string> = { "Content-Type": contentType, "Cache-Control": "no-store" };
  if (status === 401) headers["WWW-Authenticate"] = "Bearer";
  res.writeHead(status, headers);
  res.end(body);
}

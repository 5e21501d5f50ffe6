import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createHash, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { Registry } from "#base/metrics.ts";
import type { Logger } from "#base/log.ts";
import type { Secret } from "#base/secret.ts";
import { problem, text, type Answer } from "./answer.ts";
import { answerV1, type V1Deps } from "./v1.ts";

export interface AdminDeps extends V1Deps {
  token: Secret | undefined;
  registry: Registry;
  /** Null: ready. Else why not, in a few words. */
  notReady(): string | null;
  log: Logger;
}

/** Listens for machines and operators; rejects when the address cannot be had. */
export async function startAdmin(
  address: { host: string; port: number },
  deps: AdminDeps,
): Promise<{ server: Server; url: string }> {
  const server = createServer((req, res) => {
    answer(req, deps).then(
      (given) => send(req, res, given),
      (error: unknown) => {
        deps.log.error({ err: error, method: req.method, path: pathOf(req) }, "the admin address failed");
        send(req, res, problem(500, "internal", "The gateway failed; its log says why."));
      },
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
  const method = req.method === "HEAD" ? "GET" : req.method!;
  const target = URL.parse(`http://admin${req.url!}`);
  if (!target) return problem(400, "target_malformed", "The request's target: expected a path.");
  const route = `${method} ${target.pathname}`;
  if (route === "GET /livez") return text(200, "ok\n");
  if (route === "GET /readyz") {
    const reason = deps.notReady();
    return reason === null ? text(200, "ok\n") : text(503, `${reason}\n`);
  }
  if (route === "GET /metrics") {
    return { status: 200, body: await deps.registry.metrics(), contentType: deps.registry.contentType };
  }
  if (!target.pathname.startsWith("/v1/"))
    return problem(404, "not_found", "Known: /livez, /readyz, /metrics, and /v1/… with the admin token.");
  const given = refuse(req, deps.token) ?? (await answerV1(req, method, target, deps));
  if (method !== "GET") audit(req, method, target.pathname, given, deps.log);
  return given;
}

/** Every write, and every try at one. Bodies are not in it: they may carry what people paste by mistake. */
function audit(req: IncomingMessage, method: string, path: string, { status, headers }: Answer, log: Logger): void {
  const fields = { audit: true, method, path, status, from: req.socket.remoteAddress, made: headers?.Location };
  if (status < 400) log.info(fields, "an admin changed the gateway");
  else log.warn(fields, "a change by an admin was refused");
}

function pathOf(req: IncomingMessage): string {
  return req.url!.split("?")[0]!;
}

function refuse(req: IncomingMessage, token: Secret | undefined): Answer | undefined {
  if (!token) return problem(403, "admin_disabled", "Set CAUSEWAY_ADMIN_TOKEN and send it as bearer to use /v1.");
  const given = /^bearer (.+)$/i.exec(req.headers.authorization ?? "")?.[1] ?? "";
  // Hashed first: equal lengths, so that the comparison's time says nothing.
  if (timingSafeEqual(digest(given), digest(token.reveal()))) return undefined;
  const detail = "Send Authorization: Bearer with the value of CAUSEWAY_ADMIN_TOKEN.";
  return problem(401, "unauthenticated", detail, { "WWW-Authenticate": "Bearer" });
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}

function send(req: IncomingMessage, res: ServerResponse, { status, body, contentType, headers }: Answer): void {
  // What was refused before it was read goes with its connection: it could be endless.
  const isUnread = !req.complete && ("content-length" in req.headers || "transfer-encoding" in req.headers);
  const rest = isUnread ? { Connection: "close" } : {};
  const type = status === 204 ? {} : { "Content-Type": contentType };
  res.writeHead(status, { ...type, "Cache-Control": "no-store", ...rest, ...headers });
  res.end(body);
}

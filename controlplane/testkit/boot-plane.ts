import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import { pack } from "msgpackr";
import { WebSocket } from "ws";
import { newId } from "#base/id.ts";
import { waitUntil } from "#base/wait.ts";
import type { AnalyticsBatch } from "#contracts/analytics/batch.ts";
import type { DeploymentId, EnvironmentId, OrgId } from "#contracts/ids.ts";
import {
  CHALLENGE_HEADER,
  fromPlane,
  helloSigningInput,
  type FromNode,
  type FromPlane,
  type Hello,
} from "#contracts/link/messages.ts";
import type { Role } from "#contracts/plane/claims.ts";
import { createTestDatabase } from "#tools/testing/database.ts";
import { startPlane, type RunningPlane } from "../start-plane.ts";

/** A whole control plane on a real database, with a console's key to sign for it and nodes that speak the link. */
export async function bootPlane(postgresUrl: string) {
  const database = await createTestDatabase(postgresUrl);
  const console = generateKeyPairSync("ed25519");
  const revision = generateKeyPairSync("ed25519");
  const env = {
    CAUSEWAY_PLANE_ID: newId("dep") as DeploymentId,
    CAUSEWAY_ORG: newId("org") as OrgId,
    CAUSEWAY_ENVIRONMENT: newId("env") as EnvironmentId,
    DATABASE_URL: database.url,
    CAUSEWAY_LISTEN: "127.0.0.1:0",
    CAUSEWAY_CONSOLE_PUBLIC_KEY: rawPublicKey(console.publicKey),
    CAUSEWAY_REVISION_SIGNING_KEY: revision.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64url"),
    CAUSEWAY_LOG_LEVEL: "silent",
  };
  let running: RunningPlane = await startPlane(env);

  const token = (role: Role = "owner", claims: Record<string, unknown> = {}) =>
    new SignJWT({
      org: env.CAUSEWAY_ORG,
      environment: env.CAUSEWAY_ENVIRONMENT,
      role,
      actor: { kind: "user", id: "usr_test", name: "ada@example.com" },
      ...claims,
    })
      .setProtectedHeader({ alg: "EdDSA" })
      .setIssuer("causeway-console")
      .setAudience((claims.aud as string | undefined) ?? env.CAUSEWAY_PLANE_ID)
      .setSubject("usr_test")
      .setExpirationTime("60s")
      .sign(console.privateKey);

  return {
    get url() {
      return running.url;
    },
    get plane() {
      return running.plane;
    },
    revisionKey: revision.publicKey,
    token,
    /** Calls the management API; `body` is sent as JSON. The caller names the answer's type: its expectations check it. */
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
    async call<T = unknown>(
      method: string,
      path: string,
      body?: unknown,
      bearer?: string,
    ): Promise<{ status: number; body: T }> {
      const response = await fetch(`${running.url}/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${bearer ?? (await token())}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      return { status: response.status, body: (text ? JSON.parse(text) : undefined) as T };
    },
    node: (
      options: { tags?: string[]; cluster?: DeploymentId; keys?: ReturnType<typeof nodeKeys>; id?: string } = {},
    ) => new TestNode({ url: () => running.url, env, consoleKey: console.privateKey, ...options }),
    /** Ends the process's part of it and starts it again on the same database and port. */
    async restart() {
      const { port } = new URL(running.url);
      await running.stop();
      running = await startPlane({ ...env, CAUSEWAY_LISTEN: `127.0.0.1:${port}` });
    },
    async stop() {
      await running.stop();
      await database.drop();
    },
  };
}

export const nodeKeys = () => generateKeyPairSync("ed25519");

export function rawPublicKey(key: KeyObject): string {
  return key.export({ format: "jwk" }).x!;
}

interface TestNodeOptions {
  url: () => string;
  env: { CAUSEWAY_PLANE_ID: string; CAUSEWAY_ORG: string; CAUSEWAY_ENVIRONMENT: string };
  consoleKey: KeyObject;
  tags?: string[];
  cluster?: DeploymentId;
  keys?: ReturnType<typeof nodeKeys>;
  id?: string;
}

/** A node as far as the link sees it: greets, remembers what it was told, says what a test asks it to say. */
export class TestNode {
  readonly id: string;
  readonly cluster: string;
  readonly received: FromPlane[] = [];
  readonly #options: TestNodeOptions;
  readonly #keys: ReturnType<typeof nodeKeys>;
  #socket: WebSocket | undefined;
  closed: { code: number } | undefined;

  constructor(options: TestNodeOptions) {
    this.#options = options;
    this.#keys = options.keys ?? nodeKeys();
    this.id = options.id ?? newId("nod");
    this.cluster = options.cluster ?? newId("dep");
  }

  async credential(overrides: { aud?: string; signWith?: KeyObject; expires?: string } = {}): Promise<string> {
    const { env, consoleKey, tags = [] } = this.#options;
    return new SignJWT({
      cluster: this.cluster,
      environment: env.CAUSEWAY_ENVIRONMENT,
      org: env.CAUSEWAY_ORG,
      tags,
      cnf: { jwk: { kty: "OKP", crv: "Ed25519", x: rawPublicKey(this.#keys.publicKey) } },
    })
      .setProtectedHeader({ alg: "EdDSA" })
      .setIssuer("causeway-console")
      .setAudience(overrides.aud ?? env.CAUSEWAY_PLANE_ID)
      .setSubject(this.id)
      .setIssuedAt()
      .setExpirationTime(overrides.expires ?? "1h")
      .sign(overrides.signWith ?? consoleKey);
  }

  /** Opens the link; resolves with the HTTP status that the upgrade got. */
  async connect(credential?: string): Promise<number> {
    const authorization = `Bearer ${credential ?? (await this.credential())}`;
    const socket = new WebSocket(`${this.#options.url().replace("http", "ws")}/link/v1`, {
      headers: { authorization },
    });
    this.#socket = socket;
    this.closed = undefined;
    let challenge = "";
    socket.on("upgrade", (response) => {
      challenge = String(response.headers[CHALLENGE_HEADER]);
    });
    socket.on("message", (data) => this.received.push(fromPlane.parse(JSON.parse((data as Buffer).toString("utf8")))));
    socket.on("close", (code) => {
      this.closed = { code };
    });
    return new Promise((resolve) => {
      socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      socket.on("error", () => resolve(0));
      socket.on("open", () => {
        this.challenge = challenge;
        resolve(101);
      });
    });
  }

  challenge = "";

  /** The first frame; `signWith` another key makes it a lie. */
  greet(said: Partial<Pick<Hello, "keyCursor" | "applied" | "capabilities">> & { signWith?: KeyObject } = {}): void {
    const input = Buffer.from(helloSigningInput(this.id, this.challenge));
    this.say({
      type: "hello",
      node: this.id as never,
      proof: sign(null, input, said.signWith ?? this.#keys.privateKey).toString("base64url"),
      hostname: "test-host",
      version: "0.1.0",
      capabilities: said.capabilities ?? [],
      startedAtMs: Date.now(),
      workers: 1,
      listen: "127.0.0.1:8080",
      applied: said.applied ?? null,
      keyCursor: said.keyCursor === undefined ? null : said.keyCursor,
      spool: { batches: 0, bytes: 0, droppedRecords: 0 },
    });
  }

  say(message: FromNode): void {
    this.#socket!.send(JSON.stringify(message));
  }

  sendText(text: string): void {
    this.#socket!.send(text);
  }

  sendBatch(batch: AnalyticsBatch): void {
    this.#socket!.send(pack(batch));
  }

  /** Waits for a message of this type that satisfies `test`. */
  async hears<Type extends FromPlane["type"]>(
    type: Type,
    test: (message: Extract<FromPlane, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<FromPlane, { type: Type }>> {
    const of = (message: FromPlane): message is Extract<FromPlane, { type: Type }> => message.type === type;
    return waitUntil(() => this.received.filter(of).find(test), {
      what: `node hears ${type}`,
      timeoutMs: 5_000,
      everyMs: 5,
    });
  }

  async leave(): Promise<void> {
    this.#socket?.close();
    await waitUntil(() => this.closed, { what: "link closed", timeoutMs: 5_000, everyMs: 5 });
  }

  /** Cut without a word, as a pulled cable. */
  cut(): void {
    this.#socket?.terminate();
  }
}

export function batchOf(
  entry: Partial<AnalyticsBatch["entries"][number]> = {},
  batchId = randomBytes(8).toString("hex"),
): AnalyticsBatch {
  const at = Math.floor(Date.now() / 10_000) * 10;
  const calls = {
    at,
    api: null,
    operation: null,
    key: null,
    method: "GET",
    status: 200,
    reason: null,
    count: 1,
    requestBytes: 10,
    responseBytes: 20,
    total: [[100, entry.count ?? 1]] as [number, number][],
    upstream: [] as [number, number][],
    ...entry,
  };
  return { format: 1, batchId, sentAtMs: Date.now(), entries: [calls], droppedRecords: 0 };
}

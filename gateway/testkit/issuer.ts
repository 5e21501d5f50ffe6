import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";

export interface SignOptions {
  kid?: string;
  alg?: string;
  /** Replaces members of the protected header. */
  header?: Record<string, unknown>;
  key?: CryptoKey | Uint8Array;
}

/** An identity provider on loopback: its keys, its discovery document, tokens of it, and what it says of tokens. */
export interface Issuer {
  url: string;
  jwksUrl: string;
  /** Public keys that it serves now. */
  keys: JWK[];
  /** Signs with another key from now on, and serves only that. */
  rotate(): Promise<void>;
  /** A token that is valid for five minutes; given claims replace those, and an undefined one is left out. */
  sign(claims?: Record<string, unknown>, options?: SignOptions): Promise<string>;
  /** Connections are cut until `up`. */
  down: boolean;
  /** Paths that were asked for. */
  asked: string[];
  /** What introspection says, by token; another is not active. */
  introspected: Map<string, Record<string, unknown>>;
  /** `Authorization` of the last introspection. */
  introspectedBy: string | undefined;
  stop(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  let signing = await newKey("key-1");
  let made = 1;
  const server = createServer((request, response) => answer(issuer, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: Issuer = {
    url,
    jwksUrl: `${url}/jwks`,
    keys: [signing.jwk],
    async rotate() {
      signing = await newKey(`key-${(made += 1)}`);
      issuer.keys = [signing.jwk];
    },
    sign(claims = {}, { kid = signing.jwk.kid, alg = "RS256", header = {}, key = signing.privateKey } = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const payload = { iss: url, aud: "orders", sub: "alice", iat: now, exp: now + 300, ...claims };
      const crit = Object.fromEntries(((header.crit ?? []) as string[]).map((name) => [name, true]));
      return new SignJWT(payload).setProtectedHeader({ alg, kid, ...header }).sign(key, { crit });
    },
    down: false,
    asked: [],
    introspected: new Map(),
    introspectedBy: undefined,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}

async function newKey(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: "sig" } };
}

function answer(issuer: Issuer, request: IncomingMessage, response: ServerResponse): void {
  if (issuer.down) return void request.socket.destroy();
  issuer.asked.push(request.url!);
  const send = (body: unknown) => response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  if (request.url === "/jwks") return void send({ keys: issuer.keys });
  if (request.url === "/.well-known/openid-configuration")
    return void send({ issuer: issuer.url, jwks_uri: issuer.jwksUrl });
  if (request.url !== "/introspect") return void response.writeHead(404).end();
  let body = "";
  request.on("data", (chunk: Buffer) => (body += chunk.toString()));
  request.on("end", () => {
    issuer.introspectedBy = request.headers.authorization;
    send(issuer.introspected.get(new URLSearchParams(body).get("token") ?? "") ?? { active: false });
  });
}

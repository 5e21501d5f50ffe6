import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { hashToken } from "#base/token.ts";
import { hasHaproxy } from "#tools/testing/listening-program.ts";
import { startGateway, startHaproxy, startNginx, startRedis } from "../measure/servers.ts";
import { compare, type Contender } from "./compare.ts";
import type { Workplace } from "./workplace.ts";

const KEY = "bench-key";

/** Plain proxying, and with what a call usually passes: a key, limits, analytics, a token. Redis counts in where it is used. */
export async function costs({ folder, keep }: Workplace): Promise<void> {
  const upstream = keep(await startNginx(folder, "upstream"));
  const nginx = keep(await startNginx(folder, "nginx", { upstream: upstream.port }));
  const redis = keep(await startRedis(folder));
  const { jwt, token } = await issuer();
  const config = writeConfig(folder, upstream.port, jwt);
  const gateway = keep(await startGateway(folder, config, { CAUSEWAY_REDIS: `redis://127.0.0.1:${redis.port}` }));
  const at = `http://127.0.0.1:${gateway.port}`;
  const others: Contender[] = [
    { name: "plain", url: `${at}/plain/`, pids: [gateway.pid] },
    {
      name: "key + rate + quota + analytics",
      url: `${at}/keyed/`,
      headers: { authorization: `Bearer ${KEY}` },
      pids: [gateway.pid, redis.pid],
    },
    { name: "JWT", url: `${at}/jwt/`, headers: { authorization: `Bearer ${token}` }, pids: [gateway.pid] },
  ];
  if (hasHaproxy) {
    const haproxy = keep(await startHaproxy(folder, upstream.port));
    others.unshift({ name: "HAProxy", url: `http://127.0.0.1:${haproxy.port}/`, pids: [haproxy.pid] });
  }
  await compare({ base: { name: "nginx", url: `http://127.0.0.1:${nginx.port}/`, pids: [nginx.pid] }, others });
}

/** An issuer whose keys stand in the configuration, and a token of it as long as they commonly are. */
async function issuer() {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwt = {
    issuer: "https://issuer.test",
    audience: "bench",
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: "bench" }] },
  };
  const token = await new SignJWT({ scope: "openid profile email", roles: ["reader", "writer"] })
    .setProtectedHeader({ alg: "RS256", kid: "bench" })
    .setIssuer(jwt.issuer)
    .setAudience(jwt.audience)
    .setSubject("alice@example.com")
    .setExpirationTime("1h")
    .sign(privateKey);
  return { jwt, token };
}

function writeConfig(folder: string, upstreamPort: number, jwt: object): string {
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const file = join(folder, "gateway.json");
  const configuration = {
    apis: [
      { id: "plain", listen: "/plain", upstream, auth: "none" },
      { id: "keyed", listen: "/keyed", upstream, auth: "key" },
      { id: "jwt", listen: "/jwt", upstream, auth: { jwt } },
    ],
    // Limits that are counted on every call and never reached.
    policies: [{ id: "bench", apis: ["keyed"], rate: "1000000/s", quota: "100000000000/30d" }],
    keys: [{ id: "bench", hash: `sha256:${hashToken(KEY)}`, policies: ["bench"] }],
  };
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}

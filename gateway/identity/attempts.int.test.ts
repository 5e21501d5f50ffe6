import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { freshCall } from "#gateway/testkit/fresh-call.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { workersOf } from "#gateway/testkit/workers-of.ts";

const WORKERS = 4;
const MAX_ATTEMPTS = 10;
/** Attempts that may be judged while the news of the tenth wrong one is on its way to the other workers. */
const SLACK = 2;

let upstream: Upstream;
let gateway: BootedGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await bootGateway(
    {
      apis: [
        {
          id: "orders",
          listen: "/o",
          upstream: upstream.url,
          auth: { oauth2: { issue: { signingKey: "env://SIGNING_KEY" } } },
        },
      ],
      keys: [{ id: "acme", hash: `sha256:${hashToken("secret of acme")}`, apis: ["orders"] }],
    },
    { workers: WORKERS, env: { SIGNING_KEY: "s".repeat(32), CAUSEWAY_TRUSTED_PROXIES: "127.0.0.0/8" } },
  );
}, 60_000);
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

/** The status of one attempt from an address, over a connection of its own. */
async function attempt(address: string, secret: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`acme:${encodeURIComponent(secret)}`).toString("base64")}`;
  const form = { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": address };
  const headers = { ...form, authorization };
  const call = { method: "POST", headers, body: "grant_type=client_credentials" };
  return (await freshCall(`${gateway.url}/o/oauth/token`, call)).status;
}
const judgedOf = (statuses: readonly number[]) => statuses.filter((status) => status !== 429).length;

describe("wrong secrets from one address", () => {
  test("are judged ten times a minute, whichever workers they meet, and a right one from there waits with them", async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 40; guess += 1) statuses.push(await attempt("192.0.2.1", `guess ${guess}`));
    expect([...new Set(statuses)]).toEqual([401, 429]);
    expect(judgedOf(statuses)).toBeGreaterThanOrEqual(MAX_ATTEMPTS);
    expect(judgedOf(statuses)).toBeLessThanOrEqual(MAX_ATTEMPTS + SLACK);
    expect(await attempt("192.0.2.1", "secret of acme")).toBe(429);
    expect(await attempt("192.0.2.2", "secret of acme")).toBe(200);
  });

  test("that come at the same moment are judged ten times by each worker at most", async () => {
    const statuses = await Promise.all(
      Array.from({ length: 100 }, (_, guess) => attempt("192.0.2.3", `guess at once ${guess}`)),
    );
    expect(judgedOf(statuses)).toBeLessThanOrEqual(MAX_ATTEMPTS * WORKERS);
    expect(await attempt("192.0.2.3", "secret of acme")).toBe(429);
  });

  test("are not forgotten with the worker that judged them", async () => {
    const { restarts } = (await gateway.status()).workers;
    for (const pid of workersOf(gateway)) process.kill(pid, "SIGKILL");
    await waitUntil(
      async () => {
        const { workers } = await gateway.status();
        return workers.restarts === restarts + WORKERS && workers.alive === WORKERS;
      },
      { what: "the workers are replaced", timeoutMs: 20_000 },
    );
    const answers = await waitUntil(
      () => Promise.all(Array.from({ length: 12 }, () => attempt("192.0.2.3", "secret of acme"))),
      { what: "the new workers answer", timeoutMs: 20_000 },
    );
    expect(new Set(answers)).toEqual(new Set([429]));
  });
});

import { generateKeyPairSync } from "node:crypto";
import { eq } from "drizzle-orm";
import { jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { newToken } from "#base/token.ts";
import type { DeploymentId, EnrolmentTokenId } from "#contracts/ids.ts";
import { nodeCredentialClaims } from "#contracts/link/enrolment.ts";
import { deployments, enrolmentTokens, nodes } from "#drizzle/console/schema.ts";
import { rules } from "../auth/throttle.ts";
import { destroyCluster } from "../clusters/destroy-cluster.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { writeOutputs } from "../testkit/plane-process.ts";
import { callRest } from "../testkit/rest-client.ts";
import { freshAddress, signUpTenant, type Tenant } from "../testkit/tenants.ts";
import { controlPlaneOf, enrol } from "../testkit/world.ts";
import { enrolNode } from "./enrol-node.ts";

const clock = new FakeClock(Date.now());
const REVISION_KEY = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x!;

let console: TestConsole;
let tenant: Tenant;
let place: { org: string; environment: string; cluster: DeploymentId };
let plane: DeploymentId;
let token: { id: EnrolmentTokenId; token: string };

beforeAll(async () => {
  console = await bootConsole({ clock });
  tenant = await signUpTenant(console.deps, "Harbour");
});
afterAll(() => console.stop());

let made = 0;
beforeEach(async () => {
  const { caller } = tenant.people.owner;
  const org = tenant.slug;
  const homeRegion = console.deps.regions[0]!.id;
  const { environment } = await caller.environment.create({ org, name: `Place ${(made += 1)}`, homeRegion });
  const { id } = await caller.environment.get({ org, environment });
  plane = await controlPlaneOf(console.deps, id);
  await writeOutputs(console.deps, plane, "http://127.0.0.1:9", REVISION_KEY);
  const { cluster } = await caller.cluster.createHybrid({ org, environment, name: "Cellar", tags: ["dmz"] });
  place = { org, environment, cluster };
  token = await newEnrolment();
});

const newEnrolment = async (limits: { maxUses?: number; expiresInHours?: number } = {}) => {
  const { id, token: text } = await tenant.people.owner.caller.enrolment.create({ ...place, ...limits });
  return { id, token: text };
};
const usesOf = async (id: EnrolmentTokenId) =>
  (await console.deps.db.select().from(enrolmentTokens).where(eq(enrolmentTokens.id, id)))[0]!.uses;
const nodesOfCluster = () => console.deps.db.select().from(nodes).where(eq(nodes.clusterId, place.cluster));
const said = { hostname: "cellar-1", version: "0.1.0", capabilities: [], tags: ["fast"] };
const enrolFrom = (address: string, text = token.token) => {
  const publicKey = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x!;
  return enrolNode(console.deps, { token: text, publicKey, ...said }, address);
};

describe("a node that enrols", () => {
  test("gets its control plane's address and a credential for a day that names cluster, tags and key", async () => {
    const { answer, publicKey } = await enrol(console.deps, token.token);
    expect(answer).toMatchObject({
      cluster: place.cluster,
      linkUrl: "ws://127.0.0.1:9/link/v1",
      revisionPublicKey: REVISION_KEY,
    });
    const { payload } = await jwtVerify(answer.credential, console.deps.publicKey, {
      audience: plane,
      issuer: "causeway-console",
      currentDate: new Date(clock.now()),
    });
    const claims = nodeCredentialClaims.parse(payload);
    expect(claims).toMatchObject({ sub: answer.node, cluster: place.cluster, org: tenant.scope.org.id, tags: ["dmz"] });
    expect(claims.cnf.jwk.x).toBe(publicKey);
    expect(claims.exp - claims.iat).toBe(86_400);
    expect(answer.credentialExpiresAtMs).toBe(claims.exp * 1_000);
  });

  test("is in the cluster's list and in the audit, with the token that let it in", async () => {
    const { node } = await enrol(console.deps, token.token);
    const { nodes: listed } = await tenant.people.owner.caller.cluster.get(place);
    expect(listed).toMatchObject([{ id: node, hostname: "cellar-1", status: "unknown" }]);
    const { items } = await tenant.people.owner.caller.audit.list({ org: place.org });
    expect(items[0]).toMatchObject({ action: "node.enrol", actor: { kind: "system", id: token.id } });
    expect(JSON.stringify(items)).not.toContain(token.token);
  });

  test("is the same node when it asks again with its key pair, and uses nothing up", async () => {
    const single = await newEnrolment({ maxUses: 1 });
    const first = await enrol(console.deps, single.token);
    const again = await enrol(console.deps, single.token, first.keys);
    clock.advance(25 * 3_600_000);
    const late = await enrol(console.deps, single.token, first.keys);
    expect([again.node, late.node]).toEqual([first.node, first.node]);
    expect(await usesOf(single.id)).toBe(1);
    expect(await nodesOfCluster()).toHaveLength(1);
  });

  test("is one node also when it asks twice at once", async () => {
    const keys = generateKeyPairSync("ed25519");
    const both = await Promise.all([enrol(console.deps, token.token, keys), enrol(console.deps, token.token, keys)]);
    expect(new Set(both.map(({ node }) => node)).size).toBe(1);
    expect(await usesOf(token.id)).toBe(1);
  });
});

describe("a token", () => {
  const gone = (text: RegExp) => ({ code: "gone", message: expect.stringMatching(text) as string });

  test("that is not known, mistyped, cut, or of another kind is refused with what is wrong with it", async () => {
    const refused = (text: RegExp) => ({ code: "unauthenticated", message: expect.stringMatching(text) as string });
    const mistyped = token.token.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    await expect(enrol(console.deps, newToken("enrol"))).rejects.toMatchObject(refused(/not known here/));
    await expect(enrol(console.deps, mistyped)).rejects.toMatchObject(refused(/typing error or was cut/));
    await expect(enrol(console.deps, token.token.slice(0, -3))).rejects.toMatchObject(
      refused(/not an enrolment token/),
    );
    await expect(enrol(console.deps, newToken("pat"))).rejects.toMatchObject(refused(/not an enrolment token/));
    expect(await nodesOfCluster()).toEqual([]);
  });

  test("that was revoked lets nobody in, known nodes neither", async () => {
    const { keys } = await enrol(console.deps, token.token);
    await tenant.people.owner.caller.enrolment.revoke({ ...place, token: token.id });
    await expect(enrol(console.deps, token.token)).rejects.toMatchObject(gone(/was revoked/));
    await expect(enrol(console.deps, token.token, keys)).rejects.toMatchObject(gone(/was revoked/));
  });

  test("that has expired lets no new node in", async () => {
    const brief = await newEnrolment({ expiresInHours: 1 });
    clock.advance(3_600_000 - 1);
    await enrol(console.deps, brief.token);
    clock.advance(1);
    await expect(enrol(console.deps, brief.token)).rejects.toMatchObject(gone(/has expired/));
  });

  test("of one use lets one node in, also when several ask at once", async () => {
    const single = await newEnrolment({ maxUses: 1 });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => enrol(console.deps, single.token)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes.filter(({ status }) => status === "rejected"))
      expect(outcome).toMatchObject({ reason: gone(/as often as it allows/) });
    expect(await usesOf(single.id)).toBe(1);
  });

  test("that is bound to addresses is refused from others", async () => {
    const addressRanges = ["198.51.100.0/24", "2001:db8:5::/48", "203.0.113.9"];
    await console.deps.db.update(enrolmentTokens).set({ addressRanges }).where(eq(enrolmentTokens.id, token.id));
    for (const inside of ["198.51.100.7", "::ffff:198.51.100.7", "2001:db8:5:1::2", "203.0.113.9"])
      expect((await enrolFrom(inside)).cluster).toBe(place.cluster);
    for (const outside of ["198.51.101.7", "2001:db8:6::1", "203.0.113.10", "unknown"])
      await expect(enrolFrom(outside)).rejects.toMatchObject({ code: "forbidden" });
    expect(await usesOf(token.id)).toBe(4);
  });

  test("of a destroyed cluster lets nobody in", async () => {
    await destroyCluster(tenant.scope, { ...place, confirm: "Cellar" });
    await expect(enrol(console.deps, token.token)).rejects.toMatchObject(gone(/was destroyed/));
  });

  test("cannot be guessed at: an address is closed after its attempts of a minute", async () => {
    const address = freshAddress();
    const tries = Array.from({ length: rules.enrolByAddress.limit }, () => enrolFrom(address, newToken("enrol")));
    for (const outcome of await Promise.allSettled(tries))
      expect(outcome).toMatchObject({ reason: { code: "unauthenticated" } });
    await expect(enrolFrom(address)).rejects.toMatchObject({ code: "rate_limited" });
  });
});

test("while the control plane is not up a node is told when to try again, and is the same node then", async () => {
  await console.deps.db.update(deployments).set({ outputs: null }).where(eq(deployments.id, plane));
  const publicKey = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x!;
  const call = { body: { token: token.token, publicKey, ...said } };
  const early = await callRest(console.deps, "POST", "/link/enrol", call);
  expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
  await writeOutputs(console.deps, plane, "http://127.0.0.1:9", REVISION_KEY);
  const [registered] = await nodesOfCluster();
  const answer = await callRest(console.deps, "POST", "/link/enrol", call);
  expect([answer.status, await answer.json()]).toMatchObject([200, { node: registered!.id }]);
  expect(await usesOf(token.id)).toBe(1);
});

test("a retired node is sent away, with its token too", async () => {
  const { keys, node } = await enrol(console.deps, token.token);
  await console.deps.db
    .update(nodes)
    .set({ revokedAt: new Date(clock.now()) })
    .where(eq(nodes.id, node));
  await expect(enrol(console.deps, token.token, keys)).rejects.toMatchObject({
    code: "gone",
    message: expect.stringMatching(/retired/) as string,
  });
});

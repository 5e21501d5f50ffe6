import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { eq } from "drizzle-orm";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { newId } from "#base/id.ts";
import type { NodeId } from "#contracts/ids.ts";
import { renewSigningInput } from "#contracts/link/enrolment.ts";
import { nodes } from "#drizzle/console/schema.ts";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { writeOutputs } from "../testkit/plane-process.ts";
import { freshAddress, signUpTenant } from "../testkit/tenants.ts";
import { controlPlaneOf, enrol } from "../testkit/world.ts";
import { challengeNode, renewNode } from "./renew-node.ts";

const clock = new FakeClock(Date.now());
let console: TestConsole;
let token: string;

beforeAll(async () => {
  console = await bootConsole({ clock });
  const { slug: org, people } = await signUpTenant(console.deps, "Harbour");
  const { caller } = people.owner;
  const homeRegion = console.deps.regions[0]!.id;
  const { environment } = await caller.environment.create({ org, name: "Main", homeRegion });
  const { id } = await caller.environment.get({ org, environment });
  await writeOutputs(console.deps, await controlPlaneOf(console.deps, id), "http://127.0.0.1:9", "A".repeat(43));
  token = (await caller.cluster.createHybrid({ org, environment, name: "Cellar" })).enrolment.token;
});
afterAll(() => console.stop());

function signed(node: NodeId, challenge: string, key: KeyObject): string {
  return sign(null, Buffer.from(renewSigningInput(node, challenge)), key).toString("base64url");
}
const renew = (node: NodeId, challenge: string, signature: string) =>
  renewNode(console.deps, { node, challenge, signature }, freshAddress());
const refused = { code: "unauthenticated" };

test("a node renews with its own key: the same node, a fresh day", async () => {
  const { node, keys, answer } = await enrol(console.deps, token);
  clock.advance(23 * 3_600_000);
  const { challenge } = challengeNode(console.deps, node);
  const renewed = await renew(node, challenge, signed(node, challenge, keys.privateKey));
  expect(renewed.node).toBe(node);
  expect(decodeJwt(renewed.credential).exp! - decodeJwt(answer.credential).exp!).toBe(23 * 3_600);
});

test("a challenge is good for a minute", async () => {
  const { node, keys } = await enrol(console.deps, token);
  const { challenge } = challengeNode(console.deps, node);
  const signature = signed(node, challenge, keys.privateKey);
  clock.advance(60_000);
  await renew(node, challenge, signature);
  clock.advance(1);
  await expect(renew(node, challenge, signature)).rejects.toMatchObject(refused);
});

test("another node's key, another node's challenge and a challenge of one's own making do not renew", async () => {
  const mine = await enrol(console.deps, token);
  const other = await enrol(console.deps, token);
  const { challenge } = challengeNode(console.deps, mine.node);
  const theirs = challengeNode(console.deps, other.node).challenge;
  const own = `${clock.now()}.${"A".repeat(43)}`;
  const tries: [string, KeyObject][] = [
    [challenge, other.keys.privateKey],
    [theirs, mine.keys.privateKey],
    [own, mine.keys.privateKey],
    ["", mine.keys.privateKey],
  ];
  for (const [text, key] of tries)
    await expect(renew(mine.node, text, signed(mine.node, text, key))).rejects.toMatchObject(refused);
});

test("a signature that is none, and a node that is none, do not renew", async () => {
  const { node, keys } = await enrol(console.deps, token);
  const { challenge } = challengeNode(console.deps, node);
  for (const signature of ["", "AAAA", "?", signed(node, challenge, generateKeyPairSync("ed25519").privateKey)])
    await expect(renew(node, challenge, signature)).rejects.toMatchObject(refused);
  const nobody = newId("nod") as NodeId;
  const { challenge: theirs } = challengeNode(console.deps, nobody);
  await expect(renew(nobody, theirs, signed(nobody, theirs, keys.privateKey))).rejects.toMatchObject(refused);
});

test("a retired node gets no further credential", async () => {
  const { node, keys } = await enrol(console.deps, token);
  await console.deps.db
    .update(nodes)
    .set({ revokedAt: new Date(clock.now()) })
    .where(eq(nodes.id, node));
  const { challenge } = challengeNode(console.deps, node);
  await expect(renew(node, challenge, signed(node, challenge, keys.privateKey))).rejects.toMatchObject({
    code: "gone",
  });
});

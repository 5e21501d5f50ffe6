import { verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import type { ApiDetail } from "#contracts/plane/apis.ts";
import type { AnalyticsReport } from "#contracts/plane/analytics.ts";
import type { KeyCreated, PlaneNode } from "#contracts/plane/entities.ts";
import { revisionSigningInput } from "#contracts/revision/snapshot.ts";
import { hashToken } from "#base/token.ts";
import { truncateKeyEvents } from "../keys/key-events.ts";
import { batchOf, bootPlane, nodeKeys } from "../testkit/boot-plane.ts";

let booted: Awaited<ReturnType<typeof bootPlane>>;
beforeAll(async () => {
  booted = await bootPlane(inject("postgresUrl"));
});
afterAll(() => booted.stop());

let count = 0;
const newApi = async (fields: Record<string, unknown> = {}) => {
  count += 1;
  const { body } = await booted.call<ApiDetail>("POST", "/apis", {
    name: `API ${count}`,
    listen: `/api-${count}`,
    upstream: "http://127.0.0.1:9",
    ...fields,
  });
  return body;
};
const newKey = async (api: string) => {
  const { body } = await booted.call<KeyCreated>("POST", "/keys", { name: "acme", apis: [api] });
  return body;
};
const nodes = async () => (await booted.call<PlaneNode[]>("GET", "/nodes")).body;
const connected = async (options?: Parameters<typeof booted.node>[0]) => {
  const node = booted.node(options);
  expect(await node.connect()).toBe(101);
  node.greet();
  await node.hears("snapshot");
  return node;
};

const beat = {
  type: "heartbeat",
  sentAtMs: 5,
  appliedHash: null,
  load: 0.5,
  connections: 0,
  rps: 0,
  errors: 0,
  spool: { batches: 0, bytes: 0, droppedRecords: 0 },
  clockSkewMs: 4,
  memoryBytes: 1_000,
} as const;

describe("who may open a link", () => {
  test("a credential for another control plane is refused", async () => {
    const node = booted.node();
    expect(await node.connect(await node.credential({ aud: "dep_00000000000000000000000000" }))).toBe(401);
  });

  test("a credential that the console did not sign is refused", async () => {
    const node = booted.node();
    expect(await node.connect(await node.credential({ signWith: nodeKeys().privateKey }))).toBe(401);
  });

  test("an expired credential is refused", async () => {
    const node = booted.node();
    expect(await node.connect(await node.credential({ expires: "-1h" }))).toBe(401);
  });

  test("a stolen credential without the node's key gets no snapshot", async () => {
    const node = booted.node();
    expect(await node.connect()).toBe(101);
    node.greet({ signWith: nodeKeys().privateKey });
    expect((await node.hears("goodbye")).reason).toBe("protocol");
    expect(node.received.some((message) => message.type === "snapshot")).toBe(false);
  });

  test("a retired node is told so, and may not come back", async () => {
    const node = await connected();
    await booted.call("DELETE", `/nodes/${node.id}`);
    expect((await node.hears("goodbye")).reason).toBe("retired");
    expect(await node.connect()).toBe(410);
    expect((await nodes()).some(({ id }) => id === node.id)).toBe(false);
  });

  test("a node that was retired before it ever called is not let in by its credential", async () => {
    const node = booted.node();
    await booted.call("DELETE", `/nodes/${node.id}`);
    expect(await node.connect()).toBe(410);
    expect((await nodes()).some(({ id }) => id === node.id)).toBe(false);
  });

  test("a frame that is no message ends the link and names the protocol", async () => {
    const node = await connected();
    node.sendText("{ nonsense");
    expect((await node.hears("goodbye")).reason).toBe("protocol");
  });
});

describe("revisions", () => {
  test("a node without tags gets the APIs without tags, signed for its cluster", async () => {
    const open = await newApi();
    const internal = await newApi({ tags: ["internal"] });
    const node = await connected();
    const snapshot = await node.hears("snapshot", ({ body }) => body.includes(open.id));
    expect(snapshot.body).not.toContain(internal.id);
    expect(snapshot.cluster).toBe(node.cluster);
    const input = Buffer.from(revisionSigningInput(snapshot));
    expect(verify(null, input, booted.revisionKey, Buffer.from(snapshot.signature, "base64url"))).toBe(true);
  });

  test("a node with a tag gets the APIs that carry it too", async () => {
    const internal = await newApi({ tags: ["internal"] });
    const node = await connected({ tags: ["internal"] });
    const snapshot = await node.hears("snapshot", ({ body }) => body.includes(internal.id));
    expect(snapshot.cluster).toBe(node.cluster);
  });

  test("a saved API reaches a connected node, which is desired until it says that it applied it", async () => {
    const node = await connected();
    const api = await newApi();
    const { revision, hash } = await node.hears("snapshot", ({ body }) => body.includes(api.id));
    const before = (await nodes()).find(({ id }) => id === node.id)!;
    expect(before.desired).toEqual({ revision, hash });
    expect(before.applied).toBeNull();
    node.say({ type: "applied", revision, hash, tookMs: 3, quarantined: [] });
    const said = await waitUntil(async () => (await nodes()).find(({ id, applied }) => id === node.id && applied), {
      what: "applied is shown",
      timeoutMs: 5_000,
    });
    expect(said.applied).toEqual({ revision, hash });
  });

  test("a refused revision is shown with entity and reason", async () => {
    const node = await connected();
    const { revision } = await node.hears("snapshot");
    node.say({ type: "rejected", revision, entity: "api_x", reason: "no such plugin" });
    const said = await waitUntil(async () => (await nodes()).find(({ id, rejected }) => id === node.id && rejected), {
      what: "rejected is shown",
      timeoutMs: 5_000,
    });
    expect(said.rejected).toEqual({ revision, entity: "api_x", reason: "no such plugin" });
  });

  test("a node that has the newest revision is not sent it again", async () => {
    const first = await connected();
    const { revision, hash } = await first.hears("snapshot");
    const again = booted.node({ id: first.id, cluster: first.cluster as never });
    await again.connect();
    again.greet({ applied: { revision, hash } });
    await again.hears("events");
    expect(again.received.some((message) => message.type === "snapshot")).toBe(false);
  });
});

describe("keys", () => {
  test("a created key can be looked up by its hash, without its secret", async () => {
    const api = await newApi();
    const key = await newKey(api.id);
    const node = await connected();
    node.say({ type: "key", id: 1, hash: hashToken(key.secret) });
    const answer = await node.hears("key", ({ id }) => id === 1);
    expect(answer.key?.id).toBe(key.id);
    expect(JSON.stringify(answer)).not.toContain(key.secret);
  });

  test("an unknown key is answered as unknown", async () => {
    const node = await connected();
    node.say({ type: "key", id: 2, hash: "0".repeat(64) });
    expect((await node.hears("key", ({ id }) => id === 2)).key).toBeNull();
  });

  test("a revoked key is pushed to every connected node", async () => {
    const api = await newApi();
    const key = await newKey(api.id);
    const held = await Promise.all([connected(), connected(), connected()]);
    await booted.call("DELETE", `/keys/${key.id}`);
    for (const node of held) {
      const told = await node.hears("events", ({ items }) => items.some((item) => item.hash === hashToken(key.secret)));
      expect(told.items.find((item) => item.hash === hashToken(key.secret))!.key).toBeNull();
    }
  });

  test("a thousand missed events come at the next greeting, in order, none lost", async () => {
    const api = await newApi();
    const node = await connected();
    const start = (await node.hears("events")).cursor;
    await node.leave();
    for (let index = 0; index < 500; index += 1) {
      const key = await newKey(api.id);
      if (index % 2 === 0) await booted.call("DELETE", `/keys/${key.id}`);
    }
    const back = booted.node({ id: node.id, cluster: node.cluster as never });
    await back.connect();
    back.greet({ keyCursor: start });
    await back.hears("events", ({ cursor }) => cursor >= start + 750);
    const cursors = back.received.flatMap((message) =>
      message.type === "events" ? message.items.map((item) => item.cursor) : [],
    );
    expect(cursors).toEqual(Array.from({ length: 750 }, (_, index) => start + 1 + index));
  });

  test("a cursor that the log no longer reaches gets resync, and verification names only what changed", async () => {
    const api = await newApi();
    const good = await newKey(api.id);
    const [revoked, slowed] = [await newKey(api.id), await newKey(api.id)];
    const node = await connected();
    const start = (await node.hears("events")).cursor;
    await node.leave();
    await booted.call("DELETE", `/keys/${revoked.id}`);
    await booted.call("PUT", `/keys/${slowed.id}?version=1`, { name: "acme", apis: [api.id], rate: "1/s" });
    await newKey(api.id);
    await truncateKeyEvents(booted.plane, start + 2);
    const back = booted.node({ id: node.id, cluster: node.cluster as never });
    await back.connect();
    back.greet({ keyCursor: start });
    await back.hears("resync");
    const held = [good, revoked, slowed].map(({ secret }) => ({ hash: hashToken(secret), version: 1 }));
    back.say({ type: "keysVerify", id: 7, keys: held });
    const { changed } = await back.hears("keysVerified");
    expect(changed).toEqual([
      { hash: hashToken(revoked.secret), key: null },
      {
        hash: hashToken(slowed.secret),
        key: expect.objectContaining({ version: 2, rate: { limit: 1, windowMs: 1_000 } }) as object,
      },
    ]);
  });
});

describe("analytics", () => {
  test("a batch that comes twice is counted once, and acknowledged both times", async () => {
    const api = await newApi();
    const node = await connected();
    const batch = batchOf({ api: api.id, count: 7 });
    node.sendBatch(batch);
    await node.hears("ack", ({ batchId }) => batchId === batch.batchId);
    node.sendBatch(batch);
    await waitUntil(() => node.received.filter((message) => message.type === "ack").length === 2, {
      what: "second acknowledgement",
      timeoutMs: 5_000,
    });
    const { body } = await booted.call<AnalyticsReport>("GET", `/analytics?range=15m&api=${api.id}`);
    expect(body.totals.calls).toBe(7);
    expect(body.apis).toMatchObject([{ id: api.id, name: api.name, calls: 7, errors: 0 }]);
    expect(body.series.reduce((sum, point) => sum + point.calls, 0)).toBe(7);
  });

  test("records that a node had to drop are reported as a gap", async () => {
    const node = await connected();
    const batch = { ...batchOf(), droppedRecords: 41 };
    node.sendBatch(batch);
    await node.hears("ack", ({ batchId }) => batchId === batch.batchId);
    const { body } = await booted.call<AnalyticsReport>("GET", "/analytics?range=15m");
    expect(body.totals.dropped).toBe(41);
  });
});

describe("coming and going", () => {
  test("a heartbeat is answered with the plane's clock and its figures are shown", async () => {
    const node = await connected();
    node.say({ ...beat, rps: 12.5, connections: 3, spool: { batches: 2, bytes: 10, droppedRecords: 0 } });
    expect((await node.hears("heartbeatAck")).sentAtMs).toBe(5);
    const shown = await waitUntil(async () => (await nodes()).find(({ id, rps }) => id === node.id && rps !== null), {
      what: "figures are shown",
      timeoutMs: 5_000,
    });
    expect(shown).toMatchObject({ rps: 12.5, connections: 3, spoolBatches: 2, connected: true });
  });

  test("a node hears how many of its cluster are connected, which is what it shares its limits by", async () => {
    const first = await connected();
    const second = await connected({ cluster: first.cluster as never });
    await connected();
    first.say(beat);
    expect((await first.hears("heartbeatAck")).nodes).toBe(2);
    second.cut();
    await waitUntil(async () => (await nodes()).find(({ id, connected }) => id === second.id && !connected), {
      what: "the other one is gone",
      timeoutMs: 5_000,
    });
    first.say({ ...beat, sentAtMs: 6 });
    const answer = await waitUntil(
      () => first.received.find((message) => message.type === "heartbeatAck" && message.sentAtMs === 6),
      { what: "the second answer", timeoutMs: 5_000 },
    );
    expect(answer).toMatchObject({ nodes: 1 });
  });

  test("a node that was cut off is shown as disconnected", async () => {
    const node = await connected();
    node.cut();
    const shown = await waitUntil(
      async () => (await nodes()).find(({ id, connected }) => id === node.id && !connected),
      {
        what: "shown as disconnected",
        timeoutMs: 5_000,
      },
    );
    expect(shown.connected).toBe(false);
  });

  test("a second link of a node replaces the first, and the node stays connected", async () => {
    const keys = nodeKeys();
    const first = await connected({ keys });
    const second = booted.node({ keys, id: first.id, cluster: first.cluster as never });
    await second.connect();
    second.greet();
    expect((await first.hears("goodbye")).reason).toBe("replaced");
    await waitUntil(() => first.closed, { what: "first link closed", timeoutMs: 5_000 });
    await second.hears("snapshot");
    expect((await nodes()).find(({ id }) => id === first.id)!.connected).toBe(true);
  });

  test("a restarted plane says goodbye, forgets connections, and takes its nodes back", async () => {
    const keys = nodeKeys();
    const node = await connected({ keys });
    await booted.restart();
    expect((await node.hears("goodbye")).reason).toBe("stopping");
    expect((await nodes()).find(({ id }) => id === node.id)!.connected).toBe(false);
    const back = booted.node({ keys, id: node.id, cluster: node.cluster as never });
    expect(await back.connect()).toBe(101);
    back.greet();
    await back.hears("snapshot");
  });
});

import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { keyRecord } from "#contracts/key/record.ts";
import type { AuditView, KeyCreated, KeyView, PolicyView, RevisionView } from "#contracts/plane/entities.ts";
import type { ApiDetail } from "#contracts/plane/apis.ts";
import type { Problem } from "#contracts/problem.ts";
import { bootPlane } from "../testkit/boot-plane.ts";

let plane: Awaited<ReturnType<typeof bootPlane>>;
beforeAll(async () => {
  plane = await bootPlane(inject("postgresUrl"));
});
afterAll(() => plane.stop());

const api = (name: string, more: object = {}) => ({ name, listen: `/${name}`, upstream: "http://up:1", ...more });
const make = async (name: string, more: object = {}) => {
  const { status, body } = await plane.call<ApiDetail>("POST", "/apis", api(name, more));
  expect(status).toBe(201);
  return body;
};

describe("who may ask", () => {
  test.each([
    ["no token", "nonsense"],
    ["another plane's", { aud: "dep_0000000000000000000000000a" }],
    ["another organisation's", { org: "org_0000000000000000000000000a" }],
  ])("%s is 401", async (_name, claims) => {
    const bearer = typeof claims === "string" ? claims : await plane.token("owner", claims);
    expect((await plane.call("GET", "/apis", undefined, bearer)).status).toBe(401);
  });

  test("a viewer reads and writes nothing", async () => {
    const viewer = await plane.token("viewer");
    expect((await plane.call("GET", "/apis", undefined, viewer)).status).toBe(200);
    expect((await plane.call("POST", "/apis", api("by-viewer"), viewer)).status).toBe(403);
  });
});

describe("an API", () => {
  test("is published when it is saved, and names the revision that first carries it", async () => {
    const made = await make("first");
    const newest = async () => (await plane.call<RevisionView[]>("GET", "/revisions")).body[0]!.revision;
    expect(made.revision).toBe(await newest());
    const changed = await plane.call<ApiDetail>("PUT", `/apis/${made.id}?version=1`, api("first", { rate: "5/s" }));
    expect(changed.body).toMatchObject({
      version: 2,
      revision: made.revision! + 1,
      settings: { rate: { limit: 5, windowMs: 1_000 } },
    });
  });

  test("whose listen path is taken is refused with the name of the one that has it", async () => {
    await make("taken");
    const { status, body } = await plane.call<Problem>("POST", "/apis", { ...api("other"), listen: "/taken" });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "conflict", fields: [{ path: "listen", message: "is taken by taken" }] });
  });

  test("gives its callers policies that are there, and none of them can be deleted", async () => {
    const made = await make("tokens");
    const policy = await plane.call<PolicyView>("POST", "/policies", { name: "by token", apis: [made.id] });
    const auth = (id: string) => ({ jwt: { issuer: "https://issuer.test", audience: "a", scopes: { read: [id] } } });
    const put = (id: string, version: number) =>
      plane.call<Problem>("PUT", `/apis/${made.id}?version=${version}`, api("tokens", { auth: auth(id) }));
    const wrong = await put("pol_0000000000000000000000000a", 1);
    expect(wrong).toMatchObject({ status: 400, body: { fields: [{ path: "auth.anyOf.0.jwt.scopes.read.0" }] } });
    expect(await put(policy.body.id, 1)).toMatchObject({ status: 200 });
    const gone = await plane.call<Problem>("DELETE", `/policies/${policy.body.id}`);
    expect(gone).toMatchObject({ status: 409, body: { title: expect.stringContaining("tokens") } });
  });

  test("that somebody else changed meanwhile is not overwritten", async () => {
    const { id } = await make("contested");
    await plane.call("PUT", `/apis/${id}?version=1`, api("contested"));
    const { status, body } = await plane.call<Problem>("PUT", `/apis/${id}?version=1`, api("contested"));
    expect([status, body.detail]).toEqual([409, expect.stringContaining("version 2")]);
  });

  test("with a wrong field names it; with an operation that its document lacks too", async () => {
    const wrong = await plane.call<Problem>("POST", "/apis", api("wrong", { rate: "fast" }));
    expect(wrong.body.fields).toEqual([{ path: "rate", message: expect.stringContaining("expected a rate such as") }]);
    const lacking = await plane.call<Problem>(
      "POST",
      "/apis",
      api("lacking", { operations: { getOrder: { rate: "1/s" } } }),
    );
    expect(lacking.body.fields).toMatchObject([{ path: "operations.getOrder" }]);
  });

  test("with a member that is not known is refused with the one that was meant, at whatever depth", async () => {
    const { status, body } = await plane.call<Problem>("POST", "/apis", api("strange", { cors: { orgins: ["*"] } }));
    expect(status).toBe(400);
    expect(body.fields).toContainEqual({ path: "cors.orgins", message: "is not known here; did you mean origins?" });
  });

  test("that a policy opens is not deleted from under it", async () => {
    const { id } = await make("held");
    const policy = await plane.call<PolicyView>("POST", "/policies", { name: "Holders", apis: [id] });
    const refused = await plane.call<Problem>("DELETE", `/apis/${id}`);
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("Holders")]);
    expect((await plane.call("DELETE", `/policies/${policy.body.id}`)).status).toBe(204);
    expect((await plane.call("DELETE", `/apis/${id}`)).status).toBe(204);
    expect((await plane.call("GET", `/apis/${id}`)).status).toBe(404);
  });
});

describe("a policy", () => {
  test("comes back with every member that it was given, and is published with them", async () => {
    const { id } = await make("granted");
    const body = {
      name: "Everything",
      state: "active",
      partitions: ["access", "rate"],
      scope: "policy",
      apis: {
        [id]: {
          paths: [{ methods: ["GET"], path: "/orders/{id}" }],
          rate: { limit: 5, windowMs: 1_000 },
        },
      },
      rate: { limit: 10, windowMs: 1_000 },
      quota: { limit: 100, windowMs: 86_400_000 },
      spikeArrest: { rate: { limit: 20, windowMs: 1_000 }, burst: 1 },
      throttle: { queue: 7, waitUpTo: 2_000 },
      tags: ["gold"],
    };
    const made = await plane.call<PolicyView>("POST", "/policies", body);
    expect(made.body).toMatchObject(body);
    const read = await plane.call<PolicyView>("GET", `/policies/${made.body.id}`);
    expect(read.body).toEqual(made.body);
    const saved = await plane.call<PolicyView>("PUT", `/policies/${made.body.id}?version=1`, body);
    expect(saved.body).toMatchObject({ ...body, version: 2 });
    expect((await plane.call("DELETE", `/policies/${made.body.id}`)).status).toBe(204);
  });

  test("that repeats a part, or limits by nothing, is refused with the field", async () => {
    const twice = await plane.call<Problem>("POST", "/policies", { name: "Twice", partitions: ["rate", "rate"] });
    expect([twice.status, twice.body.fields?.[0]?.path]).toEqual([400, "partitions"]);
    const limits = [{ by: "address" }];
    const nothing = await plane.call<Problem>("POST", "/apis", api("by-nothing", { limits }));
    expect([nothing.status, nothing.body.fields?.[0]]).toEqual([
      400,
      { path: "limits.0", message: "expected a rate, a quota or both" },
    ]);
  });
});

describe("a key", () => {
  test("is shown once: neither the list nor the audit holds it", async () => {
    const { id } = await make("keyed");
    const more = { metadata: { plan: "gold" }, spikeArrest: "5/s", throttle: { queue: 3 }, tags: ["eu"] };
    const made = await plane.call<KeyCreated>("POST", "/keys", { name: "Acme", apis: { [id]: {} }, ...more });
    expect(made.body).toMatchObject({ metadata: { plan: "gold" }, throttle: { queue: 3, waitUpTo: 5_000 } });
    const { secret } = made.body;
    expect(made.status).toBe(201);
    for (const path of ["/keys", "/audit"]) {
      const { body } = await plane.call("GET", path);
      expect(JSON.stringify(body)).not.toContain(secret);
      expect(JSON.stringify(body)).not.toContain(hashToken(secret));
    }
  });

  test.each([
    ["opens nothing", { name: "Empty" }, "policies"],
    ["names no policy", { name: "Lost", policies: ["pol_0000000000000000000000000a"] }, "policies"],
    ["names no API", { name: "Lost", apis: { nothing: {} } }, "apis.nothing"],
  ])("that %s is refused at the desk and not at a request", async (_name, body, path) => {
    const { status, body: problem } = await plane.call<Problem>("POST", "/keys", body);
    expect([status, problem.fields?.[0]?.path]).toEqual([400, path]);
  });

  test("comes back with every member that it was given, when it is made, read and changed", async () => {
    const { id } = await make("whole-key");
    const policy = await plane.call<PolicyView>("POST", "/policies", { name: "Whole", apis: [id] });
    const { id: _id, hash: _hash, version: _version, expiresAtMs: _expires, ...rights } = keyRecord.shape;
    const body = {
      name: "Everything",
      state: "inactive",
      policies: [policy.body.id],
      apis: { [id]: { paths: [{ methods: ["GET"], path: "/orders/{id}" }], rate: { limit: 5, windowMs: 1_000 } } },
      rate: { limit: 10, windowMs: 1_000 },
      quota: { limit: 100, windowMs: 86_400_000 },
      spikeArrest: { rate: { limit: 20, windowMs: 1_000 }, burst: 1 },
      throttle: { queue: 7, waitUpTo: 2_000 },
      expiresAt: "2099-01-01T00:00:00.000Z",
      tags: ["gold"],
      metadata: { plan: "gold" },
      boundCertificate: `sha256:${"ab".repeat(32)}`,
    };
    // A member that a key gets later is missed here.
    expect(Object.keys(body).toSorted()).toEqual([...Object.keys(rights), "expiresAt"].toSorted());
    const shown = { ...body, policies: [{ id: policy.body.id, name: "Whole" }] };
    const made = await plane.call<KeyCreated>("POST", "/keys", body);
    expect(made.body).toMatchObject(shown);
    expect((await plane.call<KeyView>("GET", `/keys/${made.body.id}`)).body).toMatchObject({ ...shown, version: 1 });
    const saved = await plane.call<KeyView>("PUT", `/keys/${made.body.id}?version=1`, { ...body, name: "Renamed" });
    expect(saved.body).toMatchObject({ ...shown, name: "Renamed", version: 2 });
    const audit = await plane.call<{ items: AuditView[] }>("GET", "/audit");
    expect(audit.body.items[0]).toMatchObject({
      action: "key.update",
      target: { id: made.body.id },
      diff: { name: { before: "Everything", after: "Renamed" } },
    });
    expect(Object.keys(audit.body.items[0]!.diff)).toEqual(["name"]);
  });

  test("is not changed over someone else's change, nor after it was revoked", async () => {
    const { id } = await make("contested-key");
    const { body: key } = await plane.call<KeyCreated>("POST", "/keys", { name: "Contested", apis: [id] });
    const put = (version: number) =>
      plane.call<Problem>("PUT", `/keys/${key.id}?version=${version}`, { name: "Mine", apis: [id] });
    expect((await put(1)).status).toBe(200);
    const stale = await put(1);
    expect([stale.status, stale.body.detail]).toEqual([409, expect.stringContaining("at version 2")]);
    expect((await plane.call("DELETE", `/keys/${key.id}`)).status).toBe(204);
    const revoked = await put(3);
    expect([revoked.status, revoked.body.detail]).toEqual([409, expect.stringContaining("revoked")]);
    expect((await plane.call("PUT", "/keys/key_nothing?version=1", { name: "Mine", apis: [id] })).status).toBe(404);
  });

  test("keeps what it had of an API that was deleted since, and gets nothing new of it", async () => {
    const [gone, stays] = [await make("gone-later"), await make("stays")];
    const apis = { [gone.id]: {}, [stays.id]: {} };
    const { body: key } = await plane.call<KeyCreated>("POST", "/keys", { name: "Holder", apis });
    const { body: other } = await plane.call<KeyCreated>("POST", "/keys", { name: "Other", apis: [stays.id] });
    expect((await plane.call("DELETE", `/apis/${gone.id}`)).status).toBe(204);
    const put = (which: string) => plane.call("PUT", `/keys/${which}?version=1`, { name: "Renamed", apis });
    expect((await put(key.id)).status).toBe(200);
    expect((await put(other.id)).status).toBe(400);
  });

  test("of which a member is misspelt is refused with the name that was meant", async () => {
    const { id } = await make("misspelt-key");
    const { body: key } = await plane.call<KeyCreated>("POST", "/keys", { name: "Typed", apis: [id] });
    const body = { name: "Typed", apis: [id], metadat: {} };
    const { status, body: problem } = await plane.call<Problem>("PUT", `/keys/${key.id}?version=1`, body);
    expect([status, problem.fields?.[0]]).toEqual([
      400,
      { path: "metadat", message: expect.stringContaining("metadata") as string },
    ]);
  });

  test("that a policy carries keeps it from being deleted; revoking twice is once", async () => {
    const { id } = await make("carried");
    const policy = await plane.call<PolicyView>("POST", "/policies", { name: "Carriers", apis: [id] });
    const key = await plane.call<KeyCreated>("POST", "/keys", { name: "Held", policies: [policy.body.id] });
    expect((await plane.call("DELETE", `/policies/${policy.body.id}`)).status).toBe(409);
    for (let time = 0; time < 2; time += 1)
      expect((await plane.call("DELETE", `/keys/${key.body.id}`)).status).toBe(204);
    const { body } = await plane.call<{ items: AuditView[] }>("GET", "/audit");
    expect(
      body.items.filter(({ action, target }) => action === "key.revoke" && target.id === key.body.id),
    ).toHaveLength(1);
    expect((await plane.call("DELETE", `/policies/${policy.body.id}`)).status).toBe(204);
  });
});

test("what is no JSON, too long or nowhere is said to be so", async () => {
  const bearer = { authorization: `Bearer ${await plane.token()}`, "content-type": "application/json" };
  const post = (body: string) => fetch(`${plane.url}/v1/apis`, { method: "POST", headers: bearer, body });
  expect((await post("{")).status).toBe(400);
  expect((await post(`{"document":"${"x".repeat(13_000_000)}"}`)).status).toBe(413);
  const nowhere = await plane.call<Problem>("GET", "/nothing");
  expect([nowhere.status, nowhere.body.code]).toEqual([404, "not_found"]);
});

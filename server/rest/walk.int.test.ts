import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { role } from "#contracts/plane/claims.ts";
import { problem } from "#contracts/problem.ts";
import { mayDo } from "../scope.ts";
import { foreignIds } from "../testkit/foreign-ids.ts";
import { callRest, type RestCall } from "../testkit/rest-client.ts";
import { restExamples, type RestExample } from "../testkit/rest-examples.ts";
import { bootWorld, type World } from "../testkit/world.ts";
import { answerRest } from "./handle.ts";
import { nodeRoutes, tenantRoutes } from "./routes/index.ts";

const nameOf = (route: { method: string; path: string }) => `${route.method} ${route.path}`;
const tenantTable = tenantRoutes.map((route) => ({ name: nameOf(route), ...route }));
const nodeTable = nodeRoutes.map((route) => ({ name: nameOf(route), ...route }));

let world: World;
beforeAll(async () => {
  world = await bootWorld();
});
afterAll(() => world.console.stop());

test("every route has an example, and every example a route", () => {
  const routes = [...tenantTable, ...nodeTable].map(({ name }) => name);
  expect(Object.keys(restExamples).toSorted()).toEqual(routes.toSorted());
});

test("reading asks for a right to read, and a change for more", () => {
  for (const { name, method, can } of tenantTable)
    expect([name, can.endsWith(":read")]).toEqual([name, method === "GET"]);
});

describe.each(tenantTable)("$name", ({ name, method, path, can, ...route }) => {
  // Made once: whoever is refused uses nothing up, and the owner comes last.
  let given: Promise<RestExample> | undefined;
  const rightCall = () => (given ??= Promise.resolve(restExamples[name]!(world)));
  const send = (call: RestCall) => callRest(world.deps, method, path, { bearer: world.own.bearer.owner, ...call });

  test("is refused without a token and with a wrong one, and says how to sign in", async () => {
    const example = await rightCall();
    for (const bearer of [undefined, "cwy_pat_nonsense", world.own.enrolment.token]) {
      const answer = await send({ ...example, bearer });
      await expectProblem(answer, 401, "unauthenticated");
      expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="causeway"');
    }
  });

  const lacking = role.options.filter((candidate) => !mayDo(candidate, can));
  if (lacking.length > 0)
    test(`is refused for ${lacking.join(" and ")}`, async () => {
      const example = await rightCall();
      const before = await world.everything();
      for (const candidate of lacking)
        await expectProblem(await send({ ...example, bearer: world.own.bearer[candidate] }), 403, "forbidden");
      expect(await world.everything()).toEqual(before);
    });

  test("does not find what is another tenant's", async () => {
    const example = await rightCall();
    const before = await world.everything();
    for (const member of Object.keys(example.params ?? {}))
      for (const id of foreignIds(world.stranger, member, path)) {
        const params = { ...example.params, [member]: id };
        await expectProblem(await send({ ...example, params }), 404, "not_found");
      }
    expect(await world.everything()).toEqual(before);
  });

  test("refuses unknown members and says which", async () => {
    const example = await rightCall();
    const before = await world.everything();
    const wrongQuery = await send({ ...example, query: { ...example.query, nonsense: "1" } });
    expect(JSON.stringify((await expectProblem(wrongQuery, 400, "invalid")).fields)).toContain("nonsense");
    if (route.body) {
      const wrongBody = await send({ ...example, body: { ...example.body, nonsense: 1 } });
      expect(JSON.stringify((await expectProblem(wrongBody, 400, "invalid")).fields)).toContain("nonsense");
    }
    expect(await world.everything()).toEqual(before);
  });

  test("answers with the status and the schema that it declares", async () => {
    const answer = await send(await rightCall());
    const text = await answer.text();
    expect([answer.status, text]).toEqual([route.status, text]);
    if (!route.output) return expect(text).toBe("");
    expect(answer.headers.get("content-type")).toBe("application/json");
    const value: unknown = JSON.parse(text);
    expect(route.output.parse(value)).toEqual(value);
  });
});

describe.each(nodeTable)("$name", ({ name, method, path, ...route }) => {
  test("answers with the status and the schema that it declares, without a bearer token", async () => {
    const answer = await callRest(world.deps, method, path, await restExamples[name]!(world));
    const value: unknown = await answer.json();
    expect([answer.status, value]).toEqual([route.status, value]);
    expect(route.output!.parse(value)).toEqual(value);
  });

  test("refuses unknown members and says which", async () => {
    const example = await restExamples[name]!(world);
    const answer = await callRest(world.deps, method, path, { body: { ...example.body, nonsense: 1 } });
    expect(JSON.stringify((await expectProblem(answer, 400, "invalid")).fields)).toContain("nonsense");
  });
});

test("a revoked token is refused at its next request", async () => {
  const { caller } = world.own.tenant.people.owner;
  const org = world.own.tenant.slug;
  const { id, token } = await caller.apiToken.create({ org, name: "Short-lived", role: "viewer" });
  expect((await callRest(world.deps, "GET", "/environments", { bearer: token })).status).toBe(200);
  await caller.apiToken.revoke({ org, token: id });
  await expectProblem(await callRest(world.deps, "GET", "/environments", { bearer: token }), 401, "unauthenticated");
});

test("a token that was made for a viewer stays a viewer's, whoever made it", async () => {
  const { id } = await world.own.tenant.people.owner.caller.environment.get({
    org: world.own.tenant.slug,
    environment: world.own.environment,
  });
  const call = { bearer: world.own.bearer.viewer, params: { environment: id }, query: { confirm: "x" } };
  await expectProblem(await callRest(world.deps, "DELETE", "/environments/{environment}", call), 403, "forbidden");
});

test("a path that is none, a method that is none, a body that is no JSON and a broken escape are said to be so", async () => {
  const bearer = world.own.bearer.owner;
  await expectProblem(await callRest(world.deps, "GET", "/nowhere", { bearer }), 404, "not_found");
  const wrongMethod = await callRest(world.deps, "PUT", "/environments", { bearer, body: {} });
  await expectProblem(wrongMethod, 405, "invalid");
  expect(wrongMethod.headers.get("allow")).toBe("GET, POST");
  const headers = { bearer };
  await expectProblem(await send("POST", "/environments", "{", headers), 400, "invalid");
  await expectProblem(await send("GET", "/environments/%E0%A4%A", undefined, headers), 404, "not_found");
});

test("a body past the cap is refused, also when its length is not announced", async () => {
  const headers = { bearer: world.own.bearer.owner };
  const chunk = new TextEncoder().encode(" ".repeat(1_000_000));
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      controller.enqueue(chunk);
    },
  });
  await expectProblem(await send("POST", "/environments", endless, headers), 413, "too_large");
  expect(sent).toBeLessThan(20);
});

/** As `callRest`, with a body and a path as they are. */
function send(method: string, path: string, body: BodyInit | undefined, { bearer }: { bearer: string }) {
  const url = `http://127.0.0.1:3000/api/v1${path}`;
  const headers = { authorization: `Bearer ${bearer}` };
  const streamed = body instanceof ReadableStream ? { duplex: "half" } : {};
  return answerRest(world.deps, new Request(url, { method, headers, body, ...streamed }));
}

async function expectProblem(answer: Response, status: number, code: string) {
  const text = await answer.text();
  expect([answer.status, text]).toEqual([status, text]);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const body = problem.parse(JSON.parse(text));
  expect([body.status, body.code]).toEqual([status, code]);
  return body;
}

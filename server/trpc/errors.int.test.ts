import { afterAll, beforeAll, expect, test } from "vitest";
import { bootConsole, type TestConsole } from "../testkit/boot-console.ts";
import { callTrpc, cookieFor } from "../testkit/http-client.ts";
import { signUpPerson } from "../testkit/tenants.ts";
import { answerTrpc } from "./handle.ts";

let console: TestConsole;
let org: string;
let cookie: string;
beforeAll(async () => {
  console = await bootConsole();
  const signedUp = await signUpPerson(console.deps, "Harbour");
  org = signedUp.org;
  cookie = await cookieFor(console.deps, signedUp.person.session.sessionId);
});
afterAll(() => console.stop());

test("a wrong field is named, with what was expected of it", async () => {
  const input = { org, name: "", homeRegion: "eu-west-dublin" };
  expect(await callTrpc(console.deps, "mutation", "environment.create", input, { cookie })).toMatchObject({
    status: 400,
    error: {
      message: "Some fields need a change.",
      data: { appCode: "invalid", fields: [{ path: "name", message: "name the environment" }] },
    },
  });
});

test("a service's refusal keeps its sentence, code and fields", async () => {
  const input = { org, name: "Main", homeRegion: "mars" };
  const { error } = await callTrpc(console.deps, "mutation", "environment.create", input, { cookie });
  expect(error!.message).toMatch(/^There is no region mars\./);
  expect(error!.data).toMatchObject({ code: "BAD_REQUEST", appCode: "invalid", fields: [{ path: "homeRegion" }] });
});

test("a fault of ours tells nothing of our insides", async () => {
  const broken = {
    ...console.deps,
    regions: new Proxy([], {
      get() {
        throw new Error("secret of the machine room");
      },
    }),
  };
  const { status, error } = await callTrpc(broken, "query", "region.list", undefined, { cookie });
  expect(status).toBe(500);
  expect(error!.data.appCode).toBe("internal");
  expect(JSON.stringify(error)).not.toMatch(/machine room|stack|server\//);
});

test("what is not there says so with its own code", async () => {
  expect(await callTrpc(console.deps, "query", "run.get", { org, run: "run_none" }, { cookie })).toMatchObject({
    status: 404,
    error: { data: { appCode: "not_found" } },
  });
  expect(await callTrpc(console.deps, "query", "no.such", {}, { cookie })).toMatchObject({
    status: 404,
    error: { data: { appCode: "not_found" } },
  });
});

test("a body past the cap is given up on, also when its length is not announced", async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      controller.enqueue(new Uint8Array(1_000_000).fill(32));
    },
  });
  const url = "http://127.0.0.1:3000/api/trpc/auth.requestReset";
  const headers = { "content-type": "application/json" };
  const request = new Request(url, { method: "POST", headers, body: endless, duplex: "half" } as RequestInit);
  const answer = await answerTrpc(console.deps, request);
  expect([answer.status, await answer.json()]).toMatchObject([413, { error: { data: { appCode: "too_large" } } }]);
  expect(sent).toBeLessThan(20);
});

test("a body that is no JSON is the caller's fault", async () => {
  const url = "http://127.0.0.1:3000/api/trpc/auth.requestReset";
  const headers = { "content-type": "application/json" };
  const answer = await answerTrpc(console.deps, new Request(url, { method: "POST", headers, body: "{" }));
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { data: { appCode: "invalid" } } }]);
});

import { expect, test } from "vitest";
import { withCappedBody } from "./capped-body.ts";

const post = (body: string, signal?: AbortSignal) =>
  new Request("http://127.0.0.1:3000/api/v1/environments", {
    method: "POST",
    headers: { authorization: "Bearer x" },
    body,
    signal,
  });

/** What Next gives a route handler: not a Request, but a proxy of one. */
const asNextGivesIt = (request: Request): Request =>
  new Proxy(request, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });

test("a body within the cap arrives as it was sent, with method, address, headers and signal", async () => {
  const leaving = new AbortController();
  const capped = withCappedBody(asNextGivesIt(post('{"name":"Hafen"}', leaving.signal)));
  expect([capped.method, capped.url, capped.headers.get("authorization")]).toEqual([
    "POST",
    "http://127.0.0.1:3000/api/v1/environments",
    "Bearer x",
  ]);
  expect(await capped.text()).toBe('{"name":"Hafen"}');
  leaving.abort();
  expect(capped.signal.aborted).toBe(true);
});

test("a body past the cap fails with its code", async () => {
  await expect(withCappedBody(post(" ".repeat(13_000_000))).text()).rejects.toMatchObject({ code: "too_large" });
});

test("a request without a body stays what it is", () => {
  const request = new Request("http://127.0.0.1:3000/api/v1/regions");
  expect(withCappedBody(request)).toBe(request);
});

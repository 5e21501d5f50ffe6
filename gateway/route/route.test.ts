import { describe, expect, it } from "vitest";
import { HostRouter, OperationRouter, fillTemplate, matchTemplate, normalisePath, parseTemplate } from "./index.ts";

describe("normalisePath", () => {
  it.each([
    ["/orders/1", "/orders/1"],
    ["/orders/../admin", "/admin"],
    ["/orders/%2e%2E/admin", "/admin"],
    ["//orders///1/", "/orders/1/"],
    ["/a/./b/.", "/a/b/"],
    ["/../../etc", "/etc"],
    ["/a%2Fb", "/a%2Fb"],
    ["/a%2fb%3bC", "/a%2Fb%3BC"],
    ["/orders%3acancel/%40me/%2A%2c", "/orders:cancel/@me/*,"],
    ["/%61dmin/%7E%2d%5F%41", "/admin/~-_A"],
    ["/%2561dmin", "/%2561dmin"],
    ["/gr%c3%b6%C3%9fe", "/gr%C3%B6%C3%9Fe"],
    ["/.well-known/x", "/.well-known/x"],
  ])("%s is served as %s", (path, expected) => expect(normalisePath(path)).toBe(expected));

  it("refuses what is no path", () => {
    for (const path of ["*", "http://x/", "/a\\..\\b", "/a#b"]) expect(normalisePath(path)).toBeUndefined();
  });
});

describe("HostRouter", () => {
  const router = new HostRouter<string>();
  for (const [host, path, value] of [
    [undefined, "/app", "app"],
    [undefined, "/app/inner", "inner"],
    ["api.example.com", "/app", "exact"],
    ["*.example.com", "/app", "wildcard"],
    ["*.eu.example.com", "/app", "eu"],
    [undefined, "/", "root"],
  ] as const)
    router.add(host, path, value);

  it.each([
    ["x", "/app", "app"],
    ["x", "/app/", "app"],
    ["x", "/app/inner/1", "inner"],
    ["x", "/app/innermost", "app"],
    ["x", "/apple", "root"],
    ["x", "/APP", "root"],
    ["API.example.com:8080", "/app/1", "exact"],
    ["b.example.com", "/app", "wildcard"],
    ["a.eu.example.com", "/app", "eu"],
    ["example.com", "/app", "app"],
    ["api.example.com", "/other", "root"],
  ])("%s%s goes to %s", (host, path, value) => expect(router.find(host, path)?.value).toBe(value));

  it("names the one that holds a path already", () => {
    expect(router.add(undefined, "/app", "second")?.value).toBe("app");
  });
});

describe("OperationRouter", () => {
  const router = new OperationRouter<string>();
  router.add("GET", "/orders/{id}", "getOrder");
  router.add("GET", "/orders/mine", "myOrders");
  router.add("DELETE", "/orders/{orderId}", "deleteOrder");
  router.add("GET", "/orders/{id}/lines/{line}", "line");
  router.add("GET", "/files/{name}.json", "json");

  it.each([
    ["GET", "/orders/mine", "myOrders"],
    ["GET", "/orders/7", "getOrder"],
    ["HEAD", "/orders/7", "getOrder"],
    ["DELETE", "/orders/mine", "deleteOrder"],
    ["GET", "/orders/mine/lines/2", "line"],
    ["GET", "/files/a.b.json", "json"],
  ])("%s %s is %s", (method, path, value) => expect(router.find(method, path)).toEqual({ kind: "found", value }));

  it("tells a known path with another method from an unknown path", () => {
    expect(router.find("PUT", "/orders/7")).toEqual({ kind: "known", allow: ["GET", "DELETE"] });
    expect(router.find("GET", "/files/.json")).toEqual({ kind: "none" });
    expect(router.find("GET", "/nothing")).toEqual({ kind: "none" });
  });
});

it("a rewrite carries the encoded values of its segments", () => {
  const values = matchTemplate(parseTemplate("/v1/users/{id}/{rest*}"), "/v1/users/a%2Fb/c/d")!;
  expect(fillTemplate(parseTemplate("/u/{id}/x/{rest*}"), values)).toBe("/u/a%2Fb/x/c/d");
  expect(matchTemplate(parseTemplate("/v1/users/{id}"), "/v1/users/")).toBeUndefined();
});

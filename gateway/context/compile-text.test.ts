import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Exchange } from "#gateway/pipeline/index.ts";
import { Fields } from "#gateway/wire/index.ts";
import { compileText } from "./compile-text.ts";
import { compileHeaderChanges } from "./header-changes.ts";

const deps = { identity: { clientAddressOf: () => "192.0.2.7" } };
/** The members that are read, and no others. */
const call = (more: object = {}): Exchange =>
  ({
    method: "GET",
    path: "/orders/7",
    query: "?tenant=blue&x=1",
    fields: new Fields(["Host", "api.test", "X-Tenant", "acme"]),
    requestId: "r-1",
    principal: {
      keyId: "k1",
      tags: ["eu", "gold"],
      policies: ["p"],
      metadata: { plan: "gold" },
      claims: { org: { id: 7 }, "a.b": "flat" },
    },
    api: { id: "orders" },
    plan: { operation: "getOrder" },
    ...more,
  }) as unknown as Exchange;
const valueOf = (text: string, exchange = call()) => {
  const compiled = compileText(text, "at", deps);
  return typeof compiled === "string" ? compiled : compiled(exchange);
};

describe("a variable", () => {
  test.each([
    ["$key.id", "k1"],
    ["$key.tags", "eu,gold"],
    ["$key.metadata.plan", "gold"],
    ["$claims.org.id", "7"],
    ["$claims.a.b", "flat"],
    ["$claims.org", '{"id":7}'],
    ["$request.id", "r-1"],
    ["$request.address", "192.0.2.7"],
    ["$request.method $request.path", "GET /orders/7"],
    ["$request.host", "api.test"],
    ["$request.header.X-Tenant", "acme"],
    ["$request.query.tenant", "blue"],
    ["$api.id/$operation.id", "orders/getOrder"],
  ])("%s is %s", (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  test("of something that the call has not is empty, and reaches nothing that objects have of themselves", () => {
    const nobody = call({ principal: null, plan: { operation: null } });
    for (const text of ["$key.id", "$claims.sub", "$key.metadata.plan", "$operation.id"])
      expect(valueOf(text, nobody)).toBe("");
    expect(valueOf("$claims.constructor.name$key.metadata.toString")).toBe("");
  });

  test("never brings a control character, whatever it holds; other characters are its bytes in UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (plan) => {
        const value = valueOf("$key.metadata.plan", call({ principal: { metadata: { plan } } }));
        // oxlint-disable-next-line no-control-regex
        expect(value).not.toMatch(/[\u0000-\u001f\u007f\u0100-\uffff]/);
      }),
    );
    expect(valueOf("$key.metadata.plan", call({ principal: { metadata: { plan: "a\r\nX-Evil: 1" } } }))).toBe(
      "aX-Evil: 1",
    );
  });

  test("that is not known is an error that names where it stands", () => {
    expect(() => compileText("$key.plan", "transform.request.headers.set.X-Plan", deps)).toThrow(
      /^transform\.request\.headers\.set\.X-Plan: there is no variable \$key\.plan; known: \$key\.id/,
    );
  });
});

describe("headers with variables", () => {
  test("a value that comes out empty is not added, but the client's own is taken off all the same", () => {
    const { drop, add } = compileHeaderChanges(
      { set: { "X-Plan": "$key.metadata.none", "X-A": "1" }, remove: [] },
      "h",
      deps,
    );
    expect([...drop]).toEqual(["x-plan", "x-a"]);
    expect((add as (exchange: Exchange) => string[])(call())).toEqual(["X-A", "1"]);
  });

  test("without any are decided at load", () => {
    expect(compileHeaderChanges({ set: { "X-A": "$$1" }, remove: ["X-B"] }, "h", deps).add).toEqual(["X-A", "$1"]);
  });
});

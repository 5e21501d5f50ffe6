import { describe, expect, test } from "vitest";
import { AppError } from "#base/errors.ts";
import { previewDocument, readDocument } from "./read-document.ts";

const good = `openapi: 3.1.0
info:
  title: Söhne & Orders
  version: 1
servers:
  - url: /v1
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      summary: Reads one
    delete: {}
`;

function problemsOf(text: string) {
  try {
    readDocument(text);
  } catch (error) {
    if (error instanceof AppError) return { message: error.message, fields: error.fields };
    throw error;
  }
  throw new Error("the document was taken");
}

describe("a broken document names line and path", () => {
  test.each([
    ["syntax", "openapi: 3.1.0\ninfo: [", 2, "document"],
    ["a key twice", "openapi: 3.1.0\nopenapi: 3.1.0", 2, "document"],
    ["no title", "openapi: 3.1.0\ninfo:\n  version: 1\npaths: {}", 3, "info.title"],
    ["Swagger 2", 'openapi: "2.0"\ninfo: { title: A, version: "1" }', 1, "openapi"],
    [
      "a path without its slash",
      "openapi: 3.1.0\ninfo: { title: A, version: 1 }\npaths:\n  orders: {}",
      4,
      "paths.orders",
    ],
    [
      "an operationId of another type",
      "openapi: 3.1.0\ninfo: { title: A, version: 1 }\npaths:\n  /a:\n    get:\n      operationId: 7",
      6,
      "paths./a.get.operationId",
    ],
    ["no document at all", "just words", 1, "document"],
  ])("%s", (_name, text, line, path) => {
    const { message, fields } = problemsOf(text);
    expect(fields[0]).toMatchObject({ line, path });
    expect(message).toContain(`line ${line}`);
  });

  test("JSON has lines too", () => {
    const { fields } = problemsOf('{\n  "openapi": "3.1.0",\n  "info": { "version": "1" }\n}');
    expect(fields[0]).toMatchObject({ line: 3, path: "info.title" });
  });

  test("an operationId that is used twice", () => {
    const twice = good.replace("delete: {}", "delete: { operationId: getOrder }");
    expect(problemsOf(twice).message).toContain("operationId getOrder is used twice");
  });

  test("a bomb of aliases is refused, not expanded", () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(",")}]`,
    );
    expect(() => readDocument(["l0: &l0 x", ...levels, "openapi: 3.1.0"].join("\n"))).toThrow(/alias|document/i);
  });
});

test("what a document suggests before anything is saved", () => {
  expect(previewDocument(good)).toEqual({
    title: "Söhne & Orders",
    documentVersion: "1",
    suggestedName: "Söhne & Orders",
    suggestedListenPath: "/s-hne-orders",
    suggestedUpstreamUrl: null,
    operations: [
      { id: "getOrder", method: "GET", path: "/orders/{id}", summary: "Reads one" },
      { id: "DELETE /orders/{id}", method: "DELETE", path: "/orders/{id}", summary: null },
    ],
    notes: [{ path: "servers.0.url", message: "/v1 is not an absolute URL: give the upstream URL." }],
  });
});

import { expect, test } from "vitest";
import { openApiDocument } from "./openapi.ts";
import { nodeRoutes, tenantRoutes } from "./routes/index.ts";

// As clients get it: through JSON.
const document = JSON.parse(JSON.stringify(openApiDocument("http://127.0.0.1:3000"))) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
};

interface Operation {
  operationId: string;
  summary: string;
  security: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: unknown }[];
  requestBody?: { content: { "application/json": { schema: unknown } } };
  responses: Record<string, { description: string; content?: Record<string, { schema?: unknown }> }>;
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, path, ...operation })),
);

test("lists every route, and the stream of run events, and nothing else", () => {
  const routes = [...tenantRoutes, ...nodeRoutes].map(({ method, path }) => `${method} ${path}`);
  expect(operations.map(({ name }) => name).toSorted()).toEqual([...routes, "GET /runs/{run}/events"].toSorted());
});

test("operation ids are unique, and each operation has a summary", () => {
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { summary } of operations) expect(summary).toMatch(/\.$|resumes\.$/);
});

test("every reference resolves inside the document", () => {
  for (const ref of refsOf(document)) expect([ref, resolve(ref)]).toEqual([ref, expect.anything()]);
  expect(refsOf(document)).toContain("#/components/schemas/Problem");
});

test("path parameters are those of the path, required, and no operation has a parameter twice", () => {
  for (const { name, path, parameters } of operations) {
    const declared = parameters.filter((parameter) => parameter.in === "path");
    expect([name, declared.map((parameter) => parameter.name)]).toEqual([
      name,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, member]) => member),
    ]);
    expect(declared.every((parameter) => parameter.required)).toBe(true);
    const keys = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
    expect(new Set(keys).size).toBe(keys.length);
  }
});

test("every operation says how success and failure look", () => {
  for (const { name, responses } of operations) {
    const [success, ...more] = Object.keys(responses).filter((status) => status !== "default");
    expect([name, more, success]).toEqual([name, [], expect.stringMatching(/^20[0124]$/)]);
    const { content } = responses[success!]!;
    if (success === "204") expect(content).toBeUndefined();
    else expect(Object.keys(content ?? {})).toHaveLength(1);
    expect(Object.keys(responses.default!.content!)).toEqual(["application/problem+json"]);
  }
});

test("a body that refuses unknown members says so in its schema", () => {
  const bodies = operations.flatMap(({ name, requestBody }) =>
    requestBody ? [{ name, schema: requestBody.content["application/json"].schema as Schema }] : [],
  );
  expect(bodies.length).toBeGreaterThan(8);
  for (const { name, schema } of bodies)
    for (const form of schema.oneOf ?? schema.anyOf ?? [schema])
      expect([name, form.additionalProperties]).toEqual([name, false]);
});

interface Schema {
  additionalProperties?: unknown;
  oneOf?: Schema[];
  anyOf?: Schema[];
}

function refsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === "$ref" && typeof member === "string" ? [member] : refsOf(member),
  );
}

/** RFC 6901, in a URI fragment. */
function resolve(ref: string): unknown {
  if (!ref.startsWith("#/")) return undefined;
  const steps = decodeURIComponent(ref.slice(2)).split("/");
  return steps
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);
}

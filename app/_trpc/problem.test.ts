import { describe, expect, it } from "vitest";
import { fieldError, problemLines, problemOf } from "#app/_trpc/problem.ts";

const thrown = (data: unknown, message = "A key of this name exists. Choose another.") =>
  Object.assign(new Error(message), { data });

describe("problemOf", () => {
  it("keeps the server's sentence and fields", () => {
    const problem = problemOf(thrown({ appCode: "conflict", fields: [{ path: "name", message: "is taken" }] }));
    expect(problem).toEqual({
      code: "conflict",
      message: "A key of this name exists. Choose another.",
      fields: [{ path: "name", message: "is taken" }],
      passing: false,
    });
  });

  it("an error without the server's data means that no answer came, and is worth another try", () => {
    expect(problemOf(new TypeError("fetch failed"))).toMatchObject({ code: "offline", passing: true });
  });

  it("an unreachable control plane is worth another try; a refusal is not", () => {
    expect(problemOf(thrown({ appCode: "unavailable" })).passing).toBe(true);
    expect(problemOf(thrown({ appCode: "forbidden" })).passing).toBe(false);
  });
});

describe("fieldError", () => {
  const problem = problemOf(
    thrown({
      appCode: "invalid",
      fields: [
        { path: "listen.path", message: "expected a path that starts with /" },
        { path: "document", message: "unexpected token", line: 12 },
      ],
    }),
  );
  it("finds a field by the first part of its path", () => {
    expect(fieldError(problem, "listen")).toBe("Expected a path that starts with /");
  });
  it("names the line where the field has lines", () => {
    expect(fieldError(problem, "document")).toBe("Line 12: unexpected token");
  });
  it("is silent about fields that are right", () => {
    expect(fieldError(problem, "name")).toBeUndefined();
    expect(fieldError(null, "name")).toBeUndefined();
  });
});

describe("problemLines", () => {
  const fields = [
    { path: "document", message: "unexpected token", line: 12 },
    { path: "upstream.targets.0.url", message: "expected a URL" },
    { path: "versioning.versions.v1.operations.getY", message: "no operation has this operationId" },
    { path: "paths./x.get", message: "expected an object", line: 7 },
  ];
  const problem = problemOf(thrown({ appCode: "invalid", fields }));

  it("names the path, and the line where there is one, of what no field shows", () => {
    expect(problemLines(problem, ["document", "upstream.targets"])).toEqual([
      "versioning.versions.v1.operations.getY: no operation has this operationId",
      "line 7, paths./x.get: expected an object",
    ]);
  });

  it("a field is not mistaken for one whose name begins alike", () => {
    expect(problemLines(problem, ["doc", "upstream"])).toHaveLength(3);
  });
});

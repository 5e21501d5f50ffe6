import { describe, expect, it } from "vitest";
import { fieldError, problemOf } from "#app/_trpc/problem.ts";

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

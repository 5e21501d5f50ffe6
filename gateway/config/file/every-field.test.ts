import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writtenConfiguration } from "#contracts/config/file.ts";
import { ANY_NAME, fieldsOf, type Field } from "#contracts/walk-schema.ts";
import { isObject, misfitOf, sampleOf } from "#gateway/testkit/sample-schema.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { readFileConfiguration } from "./read-file-configuration.ts";

const folder = temporaryFolders();
const fields = fieldsOf(writtenConfiguration);
const named = fields.map((field) => [dotted(field.path), field] as const);

describe("a value of another type is told at its place, for every field that there is", () => {
  test.each(named)("%s", async (name, { path, schema }) => {
    const misfit = misfitOf(schema);
    // What takes anything: members of a JWK, of an OpenAPI document, of a template in JSON.
    if (misfit === undefined) return expect(name).toMatch(/\.(openapi|jwks\.keys\[0\]|errors\.\*\.json)\.\*$/);
    const { lines, text, place } = await problemsWith(path, misfit);
    expect(lines).toContainEqual({
      line: expect.any(Number),
      path: place,
      message: expect.stringMatching(/expected /),
    });
    const line = lines.find((one) => one.path === place);
    if (typeof path.at(-1) === "string" && path.at(-1) !== ANY_NAME)
      expect(text.split("\n")[line!.line - 1]).toContain(JSON.stringify(path.at(-1)));
  });
});

describe("a member that is not known is told at its place, wherever one may stand", () => {
  const objects = named.filter(([, { schema }]) => isObject(schema));
  test.each(objects)("%s", async (_name, { path }) => {
    const { lines, place } = await problemsWith([...path, "notKnownHere"], true);
    const message = expect.stringMatching(/^is not known here; known: \w/) as string;
    expect(lines).toContainEqual({ line: expect.any(Number), path: place, message });
  });
});

test("a slip of the hand is told with the name that was meant", async () => {
  const { lines } = await problemsWith(["apis", 0, "lisen"], "/x");
  expect(lines).toContainEqual(
    expect.objectContaining({ path: "apis[0].lisen", message: "is not known here; did you mean listen?" }),
  );
});

interface Line {
  line: number;
  path: string;
  message: string;
}

/** What is said of a configuration that is good but for the value at one path. */
async function problemsWith(path: Field["path"], value: unknown) {
  const sample = sampleOf(writtenConfiguration, knownNear(path));
  if (sample === undefined) throw new Error(`no sample has ${dotted(path)}`);
  const place = put(sample as object, path, value);
  const file = join(folder(), "gateway.json");
  const text = JSON.stringify(sample, null, 1);
  writeFileSync(file, text);
  const error: unknown = await readFileConfiguration({ path: file }, []).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ConfigurationError);
  const lines = (error as ConfigurationError).lines.map((line): Line => {
    const [, number, at, message] = /^[^:]+:(\d+): (.+?): (.+)$/.exec(line) ?? [];
    if (number === undefined) throw new Error(`this is no line of a problem: ${line}`);
    return { line: Number(number), path: at!, message: message! };
  });
  return { lines, text, place };
}

/** The path, or where it is not known that of a neighbour, so that the sample has members there. */
function knownNear(path: Field["path"]): Field["path"] {
  const near = dotted(path.slice(0, -1));
  const isNear = (field: Field) => field.path.length === path.length && dotted(field.path.slice(0, -1)) === near;
  const exact = fields.find((field) => dotted(field.path) === dotted(path));
  return (exact ?? fields.find((field) => isNear(field) && field.path.at(-1) !== 0) ?? { path: [] }).path;
}

/** Puts a value in, under the names that the sample chose, and says where that was. */
function put(sample: object, path: Field["path"], value: unknown): string {
  const taken: (string | number)[] = [];
  let at = sample as Record<string | number, unknown>;
  for (const [index, part] of path.entries()) {
    const name = part === ANY_NAME ? Object.keys(at)[0]! : part;
    taken.push(name);
    if (index === path.length - 1) at[name] = value;
    else at = at[name] as Record<string | number, unknown>;
  }
  return dotted(taken);
}

function dotted(path: Field["path"]): string {
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${part}`))
    .join("");
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { badConfigurations, filesBeside } from "#gateway/testkit/bad-configurations.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { readFileConfiguration } from "./read-file-configuration.ts";

const folder = temporaryFolders();
let files: Record<string, string>;
beforeAll(() => {
  files = filesBeside();
});

/** What only the swap finds, and a whole gateway tells: see bad-reload.int.test.ts. */
const foundLater = new Set(["apis[0].transform.request.rewrite", "settings.listeners[0].port"]);
const cases = badConfigurations("FOLDER", 1).filter(({ path }) => !foundLater.has(path));

test.each(cases)("$name is told in one line: file, line, path, expectation", async ({ text, line, path, says }) => {
  const place = folder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content);
  const file = join(place, "gateway.yaml");
  writeFileSync(file, text.replaceAll("FOLDER", place));
  const error = await readFileConfiguration({ path: file }, []).catch((caught: Error) => caught);
  const start = `${file}:${line}: ${path}: `;
  const lines = (error as Error).message.split("\n");
  expect(lines).toContainEqual(expect.stringContaining(says.replaceAll("FOLDER", place)));
  expect(lines.filter((one) => one.startsWith(start))).toHaveLength(1);
});

test("of a folder, OpenAPI documents are passed over, and no file with an API that names its document", async () => {
  const place = folder();
  const document = { info: { title: "t", version: "1" }, paths: {}, openapi: "3.1.0" };
  const api = (id: string, openapi: string) => ({ id, listen: `/${id}`, upstream: "http://u", openapi });
  const files = {
    "a.yaml": `apis:\n  - id: a\n    listen: /a\n    upstream: http://u\n    openapi: ./d.yaml\n`,
    "b.json": JSON.stringify({ apis: [api("b", "./e.json")] }, null, 2),
    "c.yml": `{ apis: [{ id: c, listen: /c, upstream: "http://u", openapi: ./f.yaml }] }`,
    "d.yaml": `# Orders\ninfo: { title: t, version: "1" }\nopenapi: 3.1.0\npaths: {}\n`,
    "e.json": JSON.stringify(document, null, 2),
    "f.yaml": `{ openapi: 3.1.0, info: { title: t, version: "1" }, paths: {} }`,
    "g.json": JSON.stringify({ swagger: "2.0", paths: {} }),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  const { configuration } = await readFileConfiguration({ path: place }, []);
  expect(configuration.apis.map((each) => (each as { id: string }).id)).toEqual(["a", "b", "c"]);
});

test("what is wrong in one member hides nothing of another, and is no reason to miss what it declares", async () => {
  const place = folder();
  writeFileSync(
    join(place, "a.yaml"),
    `apis: [{ id: orders, listen: /o, upstream: "http://u" }, { id: b, listen: b }]\ntypo: 1\n`,
  );
  writeFileSync(join(place, "b.yaml"), `policies: [{ id: gold, apis: [orders], rate: fast }]\n`);
  writeFileSync(join(place, "c.yaml"), `keys: [{ id: k, hash: "sha256:${"0".repeat(64)}", policies: [gold] }]\n`);
  const error = await readFileConfiguration({ path: place }, []).catch((caught: Error) => caught);
  expect((error as Error).message.replaceAll(`${place}/`, "").split("\n")).toEqual([
    "a.yaml:2: typo: is not known here; known: apis, policies, keys, certificates, settings",
    "b.yaml:1: policies[0].rate: expected a rate such as 100/s, 10/30s or 1000000/30d",
    "a.yaml:1: apis[1].listen: expected a path that starts with / and has no query",
    "a.yaml:1: apis[1].upstream: is missing; expected text or members by name",
  ]);
});

test("hosts may overlap where one of them is a wildcard: the exact one goes first", async () => {
  const file = join(folder(), "gateway.yaml");
  writeFileSync(
    file,
    `apis:
  - { id: a, listen: { host: api.example.com, path: /a }, upstream: "http://u" }
  - { id: b, listen: { host: "*.example.com", path: /a }, upstream: "http://u" }
  - { id: c, listen: /a, upstream: "http://u" }
`,
  );
  expect((await readFileConfiguration({ path: file }, [])).configuration.apis).toHaveLength(3);
});

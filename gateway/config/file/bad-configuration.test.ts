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

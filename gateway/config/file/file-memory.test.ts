import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { ownSecrets } from "./fetch-secrets.ts";
import { FileMemory } from "./file-memory.ts";
import { readFileConfiguration } from "./read-file-configuration.ts";

const folder = temporaryFolders();
let memory: FileMemory;
let place: string;
beforeEach(() => {
  memory = new FileMemory();
  place = folder();
});

const write = (name: string, text: string) => writeFileSync(join(place, name), text);
const read = async () => (await readFileConfiguration({ path: place }, [], ownSecrets, memory)).configuration;
const api = (id: string, more = "") => `apis:\n  - { id: ${id}, listen: /${id}, upstream: "http://u"${more} }\n`;

describe("what a reading remembers of the one before", () => {
  test("an API whose text is the same is the same object, and one that changed is another", async () => {
    write("a.yaml", api("a"));
    write("b.json", JSON.stringify({ apis: ["b", "c"].map((id) => ({ id, listen: `/${id}`, upstream: "http://u" })) }));
    const before = await read();
    write("b.json", JSON.stringify({ apis: ["b", "d"].map((id) => ({ id, listen: `/${id}`, upstream: "http://u" })) }));
    const after = await read();
    expect(after.apis.map((one) => before.apis.includes(one))).toEqual([true, true, false]);
    expect(after.hash).not.toBe(before.hash);
  });

  test("the hash is of what is there, and not of how it came to be there", async () => {
    write("a.yaml", api("a"));
    const before = await read();
    write("a.yaml", api("a", ", rate: 1/s"));
    const other = await read();
    write("a.yaml", api("a"));
    expect([(await read()).hash, other.hash === before.hash]).toEqual([before.hash, false]);
    expect((await readFileConfiguration({ path: place }, [])).configuration.hash).toBe(before.hash);
  });

  test("an OpenAPI document that changed beside an entry that did not is noticed", async () => {
    write("a.yaml", api("a", ", openapi: described.yml"));
    write("described.yml", "openapi: 3.1.0\npaths: { /x: { get: { operationId: one } } }\n");
    const before = await read();
    write("described.yml", "openapi: 3.1.0\npaths: { /x: { get: { operationId: two } } }\n");
    const after = await read();
    expect([before.apis[0], after.apis[0]]).toMatchObject([
      { operations: [{ id: "one" }] },
      { operations: [{ id: "two" }] },
    ]);
  });

  test("so is the document of a version", async () => {
    write("a.yaml", api("a", ", versioning: { by: path, versions: { v1: { openapi: described.yml } } }"));
    write("described.yml", "openapi: 3.1.0\npaths: { /x: { get: { operationId: one } } }\n");
    await read();
    write("described.yml", "openapi: 3.1.0\npaths: { /x: { get: { operationId: two } } }\n");
    expect((await read()).apis[0]).toMatchObject({ versioning: { versions: { v1: { operations: [{ id: "two" }] } } } });
  });

  test("a problem that was not mended is told again", async () => {
    write("a.yaml", api("a", ", openapi: { openapi: 3.1.0 }, operations: { nothing: {} }"));
    write("b.yaml", api("b", ", rate: fast"));
    const told = async () => (await read().catch((error: Error) => error.message)) as string;
    const first = await told();
    expect(first).toMatch(/a\.yaml:2: apis\[0\]\.operations\.nothing: .*\n.*b\.yaml:2: apis\[0\]\.rate: /);
    expect(await told()).toBe(first);
  });

  test("what a failed reading did not come to use is still there when it is mended", async () => {
    write("a.yaml", api("a"));
    write("b.yaml", api("b"));
    const before = await read();
    write("a.yaml", "apis: [");
    await expect(read()).rejects.toThrow("a.yaml");
    write("a.yaml", api("a"));
    expect((await read()).apis).toEqual(before.apis);
    expect((await read()).apis[1]).toBe(before.apis[1]);
  });
});

test("a name that stands twice in JSON is a mistake there too, and told with its line", async () => {
  write("a.json", '{\n  "apis": [],\n  "keys": [],\n  "apis": []\n}');
  await expect(read()).rejects.toThrow(/a\.json:4: .*unique/);
});

test("text that looks like a member's name, in a text of JSON, is none", async () => {
  write("a.json", '{ "apis": [{ "id": "a", "listen": "/a", "upstream": "http://u", "name": "x \\": y\\"" }] }');
  expect((await read()).apis).toMatchObject([{ name: 'x ": y"' }]);
});

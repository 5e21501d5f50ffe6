import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { readFileConfiguration } from "./read-file-configuration.ts";

const folder = temporaryFolders();

test("a folder has the settings of the one file that writes them, wherever it stands among the others", async () => {
  const path = folder();
  writeFileSync(join(path, "a.yaml"), "settings: { maxConnections: 7 }\n");
  writeFileSync(join(path, "b.yaml"), "apis: [{ id: b, listen: /b, upstream: 'http://u' }]\n");
  const { configuration } = await readFileConfiguration({ path }, []);
  expect(configuration.settings.maxConnections).toBe(7);
});

test("settings in two files are refused: those of one could only hide the other's", async () => {
  const path = folder();
  for (const name of ["a", "b"]) writeFileSync(join(path, `${name}.yaml`), "apis: []\nsettings: { nodes: 2 }\n");
  await expect(readFileConfiguration({ path }, [])).rejects.toThrow(
    `${join(path, "b.yaml")}:2: settings: are written already in ${join(path, "a.yaml")}; keep one of them`,
  );
});

test("two keys of one secret are refused: only one of them could ever be found", async () => {
  const path = folder();
  const hash = `sha256:${"a".repeat(64)}`;
  writeFileSync(join(path, "a.yaml"), `keys:\n  - { id: one, hash: "${hash}" }\n  - { id: other, hash: "${hash}" }\n`);
  await expect(readFileConfiguration({ path }, [])).rejects.toThrow("a.yaml:3: keys[1].hash: is that of one already");
});

test("a variable of the environment that is not set is told by its name", async () => {
  await expect(readFileConfiguration({ path: "env://NOT_SET_ANYWHERE" }, [])).rejects.toThrow(
    "env://NOT_SET_ANYWHERE:1: (top level): the environment variable NOT_SET_ANYWHERE is not set",
  );
});

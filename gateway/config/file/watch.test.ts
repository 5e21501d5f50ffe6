import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { readFileConfiguration } from "./read-file-configuration.ts";
import { watchFileConfiguration } from "./watch.ts";

const folder = temporaryFolders();

test("a file that is written in pieces is read at last as it is when it stands still", async () => {
  const file = join(folder(), "gateway.yaml");
  writeFileSync(file, "apis: []\n");
  const stop = new AbortController();
  const lengths: number[] = [];
  let written = 0;
  const watching = watchFileConfiguration(
    file,
    () => [file],
    async () => void lengths.push(written),
    stop.signal,
  );
  writeFileSync(file, "");
  const growing = setInterval(() => {
    if (written === 8) return clearInterval(growing);
    written += 1;
    appendFileSync(file, `# piece ${written}\n`);
  }, 30);
  await waitUntil(() => lengths.at(-1) === 8, { what: "all of it is read", timeoutMs: 20_000 });
  stop.abort();
  await watching;
  // Not once a piece.
  expect(lengths.length).toBeLessThan(8);
});

test("an empty file is none, since a moment of every saving may look like it", async () => {
  const file = join(folder(), "gateway.yaml");
  writeFileSync(file, " \n");
  await expect(readFileConfiguration({ path: file }, [])).rejects.toThrow(
    `${file}:1: (top level): the file is empty; expected apis`,
  );
});

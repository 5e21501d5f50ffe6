import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "#tools/bundle.ts";
import { generated } from "./generated.ts";

mkdirSync(join(repository, "docs/reference"), { recursive: true });
for (const { file, text } of generated()) {
  writeFileSync(join(repository, file), text);
  process.stdout.write(`${file}\n`);
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { figure, figures, rounded } from "./figure.ts";

/** Runs of one machine differ by so much without anybody having changed anything (bench/README.md). */
const NOISE = 0.2;

/** Ratios are what can be compared between runs; they are laid beside those that were kept. Worse beyond the noise fails. */
export function compareWithBaseline(bench: string, write: boolean): void {
  const file = join(import.meta.dirname, "../baselines", `${bench}.json`);
  const now = Object.fromEntries(
    figures().flatMap(({ name, ratio }) => (typeof ratio === "number" ? [[name, ratio]] : [])),
  );
  if (write) {
    mkdirSync(dirname(file), { recursive: true });
    return writeFileSync(file, `${JSON.stringify({ ...read(file), ...now }, null, 2)}\n`);
  }
  const kept = read(file);
  for (const [name, ratio] of Object.entries(now)) {
    const before = kept[name];
    if (before === undefined) continue;
    const change = rounded(ratio / before - 1);
    const isWorse = change > NOISE;
    if (isWorse) process.exitCode = 1;
    figure(bench, `${name}, beside the baseline`, {
      baseline: before,
      now: ratio,
      change,
      verdict: isWorse ? "worse" : "within",
    });
  }
}

function read(file: string): Record<string, number> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, number>) : {};
}

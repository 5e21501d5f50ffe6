import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { writtenConfiguration } from "#contracts/config/file.ts";
import { fieldsOf } from "#contracts/walk-schema.ts";
import { sampleOf } from "#gateway/testkit/sample-schema.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { readFileConfiguration } from "./read-file-configuration.ts";

const folder = temporaryFolders();
const RUNS = 250;
/** Generous: a machine that pauses must fail no test, and what is looked for never ends, or ends in minutes. */
const LONGEST_MS = 5_000;

/** Valid configurations, each with another field in it. */
const samples = fieldsOf(writtenConfiguration)
  .map(({ path }) => sampleOf(writtenConfiguration, path) as Members)
  .filter(Boolean);
type Members = Record<string, unknown>;

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(
    "__proto__",
    "constructor",
    "",
    "\u0000",
    "a".repeat(5_000),
    -1,
    1e308,
    Number.MAX_VALUE,
    null,
  ),
);
const name = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "", "apis", "anyOf", "a.b[0]", "x".repeat(3_000)),
  fc.string(),
);
const change = fc.record({ at: fc.nat(), kind: fc.constantFrom("replace", "remove", "rename", "add"), anything, name });

test("a value, a member or a name that is changed ends in a configuration or in problems with lines, never in a crash", async () => {
  const place = folder();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(samples.length - 1),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (index, changes) => {
        const mutated = structuredClone(samples[index]!);
        for (const one of changes) applyTo(mutated, one);
        await endsWell(join(place, "gateway.yaml"), stringify(mutated));
      },
    ),
    { numRuns: RUNS },
  );
});

const splice = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(12),
  insert: fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.constantFrom(
      "&a ",
      "*a",
      "<<: *a\n",
      "!!js/function x",
      "---\n",
      "? ",
      "\t",
      "|\n",
      "%TAG ! x\n",
      "{",
      "[",
      "\n  - ",
      "\r",
    ),
    fc.integer({ min: 1, max: 20_000 }).map((depth) => "[".repeat(depth)),
  ),
});

test("nor does a text with other characters in it", async () => {
  const place = folder();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(samples.length - 1),
      fc.array(splice, { minLength: 1, maxLength: 4 }),
      async (index, splices) => {
        const text = splices.reduce((before, { at, remove, insert }) => {
          const start = Math.floor(at * before.length);
          return before.slice(0, start) + insert + before.slice(start + remove);
        }, stringify(samples[index]));
        await endsWell(join(place, "gateway.yaml"), text);
      },
    ),
    { numRuns: RUNS },
  );
});

async function endsWell(file: string, text: string): Promise<void> {
  writeFileSync(file, text);
  const startedAt = performance.now();
  const error: unknown = await readFileConfiguration({ path: file }, []).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS);
  if (error === undefined) return;
  if (!(error instanceof ConfigurationError)) throw error;
  for (const line of error.lines) expect(line).toMatch(/^[^\n]+gateway\.yaml:\d+: [^\n]+: [^\n]+$/);
}

function applyTo(
  root: Members,
  { at, kind, anything: value, name: given }: { at: number; kind: string; anything: unknown; name: string },
): void {
  const holders = holdersIn(root);
  const { holder, key } = holders[at % holders.length] ?? { holder: root, key: given };
  if (kind === "replace") set(holder, key, value);
  if (kind === "remove") delete holder[key];
  if (kind === "add") set(holder, given, value);
  if (kind === "rename" && Object.hasOwn(holder, key)) {
    set(holder, given, holder[key]);
    if (given !== key) delete holder[key];
  }
}

/** As an own member, whatever its name: assigning `__proto__` would set something else. */
function set(holder: Members, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function holdersIn(value: Members): { holder: Members; key: string }[] {
  return Object.keys(value).flatMap((key) => {
    const inner = value[key];
    const own = { holder: value, key };
    return typeof inner === "object" && inner !== null ? [own, ...holdersIn(inner as Members)] : [own];
  });
}

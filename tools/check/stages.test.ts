import { expect, test } from "vitest";
import { chooseStages, commandOf } from "./stages.mjs";

test("without names every stage runs, cheapest first", () => {
  expect(chooseStages([]).stages).toEqual(["lock", "format", "lint", "types", "boundaries", "dead-code", "unit"]);
});

test("named stages run in their fixed order", () => {
  expect(chooseStages(["boundaries", "types"])).toEqual({ stages: ["types", "boundaries"], unknown: [] });
});

test("a name that is no stage's is told, with what could be chosen", () => {
  const { stages, unknown } = chooseStages(["types", "boundary"]);
  expect(unknown).toEqual(["boundary"]);
  expect(stages).toContain("boundaries");
});

test("the linter is given folders that are there", () => {
  const command = commandOf("lint", process.cwd());
  expect(command).toEqual(expect.arrayContaining(["server", "gateway", "proxy.ts"]));
  expect(command).not.toContain("portal");
});

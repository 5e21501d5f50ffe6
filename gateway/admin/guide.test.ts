import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { GatewayMetrics, UpstreamMetrics } from "./index.ts";

test("the guide names every metric of the gateway, and no other", async () => {
  const metrics = new GatewayMetrics();
  expect(new UpstreamMetrics(metrics.registry)).toBeDefined();
  const names = (await metrics.report()).map(({ name }) => name).filter((name) => name.startsWith("causeway_"));
  const guide = readFileSync(resolve(import.meta.dirname, "../../docs/guides/gateway-operations.md"), "utf8");
  const told = [...guide.matchAll(/^\| `(causeway_\w+)`/gm)].map(([, name]) => name!);
  expect(told.toSorted()).toEqual(names.toSorted());
});

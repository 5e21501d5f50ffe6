import { afterAll, beforeAll, expect, test } from "vitest";
import { waitUntil } from "#base/wait.ts";
import { bootGateway, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let upstream: Upstream;
let gateways: BootedGateway[];
beforeAll(async () => {
  upstream = await startUpstream();
  const api = (id: string, tags: string[]) => ({ id, listen: `/${id}`, upstream: upstream.url, auth: "none", tags });
  const literal = {
    apis: [api("all", []), api("inner", ["internal"]), api("both", ["internal", "edge"]), api("lost", ["edg"])],
  };
  gateways = await Promise.all(
    ["internal", "edge", ""].map((tags) => bootGateway(literal, { env: { CAUSEWAY_TAGS: tags } })),
  );
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  await upstream.stop();
});

test.each([
  ["internal", 0, ["all", "inner", "both"]],
  ["edge", 1, ["all", "both"]],
  ["no tag", 2, ["all", "inner", "both", "lost"]],
])("a node with %s serves what carries its tag and what carries none", async (_tags, index, expected) => {
  const served: string[] = [];
  for (const id of ["all", "inner", "both", "lost"])
    if ((await fetch(`${gateways[index]!.url}/${id}/x`)).status === 200) served.push(id);
  expect(served).toEqual(expected);
});

test("an API that no tag loads is seen at every node that leaves it out", async () => {
  for (const [index, left] of [["lost"], ["inner", "lost"]].entries()) {
    const { applied } = await gateways[index]!.status();
    expect(applied).toMatchObject({ otherShards: left });
    await waitUntil(
      async () => {
        const text = await (await fetch(`${gateways[index]!.adminUrl}/metrics`)).text();
        return text.includes(`causeway_apis{state="other_shard"} ${left.length}`);
      },
      { what: "it is in the metrics", timeoutMs: 5_000 },
    );
  }
});

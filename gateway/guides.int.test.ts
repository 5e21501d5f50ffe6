import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { bootGateway, type Literal } from "./testkit/boot-gateway.ts";
import { dummyEnv, guideBlocks, type GuideBlock } from "./testkit/guide-blocks.ts";
import { startUpstream, type Upstream } from "./testkit/upstream.ts";

/** Where the guides' upstream is. Tests of other machines may hold that port: then its absence is what is answered. */
let upstream: Upstream | undefined;
beforeAll(async () => {
  upstream = await startUpstream(undefined, 9_001).catch(() => undefined);
});
afterAll(() => upstream?.stop());

/** The first block of each guide that asks for no port of its own, which this machine may not have. */
const first = guideBlocks()
  .filter(({ text }) => !/^\s+- ?\{? ?port:|listeners:/m.test(text))
  .filter(({ guide }, index, all) => all.findIndex((other) => other.guide === guide) === index);

test.each(first)(
  "$guide:$line boots as it stands, and every API of it answers",
  async ({ text, files }: GuideBlock) => {
    const literal = parse(text) as Literal & { apis: { listen: string | { path: string; internal?: boolean } }[] };
    const gateway = await bootGateway(literal, { env: dummyEnv(text), files });
    try {
      for (const { listen } of literal.apis) {
        const path = typeof listen === "string" ? listen : listen.path;
        const response = await fetch(`${gateway.url}${path}/1`);
        // What is internal answers as if it were not there; that too is what the guide says.
        if (typeof listen !== "string" && listen.internal) {
          expect(response.status).toBe(404);
          continue;
        }
        // Without a credential most of them refuse; none is unknown, and none fails.
        expect(await response.text()).not.toMatch(/"code":"(no_api|not_ready|internal)"/);
      }
      expect((await gateway.status()).applied).toMatchObject({ revision: 1 });
    } finally {
      await gateway.stop();
    }
  },
);

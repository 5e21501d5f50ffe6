import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { bootGateway, type Literal } from "./testkit/boot-gateway.ts";
import { dummyEnv, fillStores, guideBlocks, type GuideBlock } from "./testkit/guide-blocks.ts";
import { sendRaw } from "./testkit/raw.ts";
import { startSecretStores, type SecretStores } from "./testkit/secret-stores.ts";
import { startUpstream, type Upstream } from "./testkit/upstream.ts";

/** Where the guides' upstream is. Tests of other machines may hold that port: then its absence is what is answered. */
let upstream: Upstream | undefined;
let stores: SecretStores;
beforeAll(async () => {
  stores = await startSecretStores();
  upstream = await startUpstream(undefined, 9_001).catch(() => undefined);
});
afterAll(() => Promise.all([upstream?.stop(), stores.stop()]));

interface Listen {
  path: string;
  host?: string;
  internal?: boolean;
}

/** The first block of each guide that asks for no port of its own, which this machine may not have. */
const first = guideBlocks()
  .filter(({ text }) => !/listeners:/.test(text))
  .filter(({ guide }, index, all) => all.findIndex((other) => other.guide === guide) === index);

test.each(first)(
  "$guide:$line boots as it stands, and every API of it answers",
  async ({ text, files }: GuideBlock) => {
    const literal = parse(text) as Literal & { apis: { listen: string | Listen }[] };
    fillStores(text, stores);
    const gateway = await bootGateway(literal, { env: { ...dummyEnv(text), ...stores.env }, files });
    try {
      for (const { listen } of literal.apis) {
        const {
          path,
          host = "guide.test",
          internal = false,
        }: Listen = typeof listen === "string" ? { path: listen } : listen;
        const head = `GET ${path.replace(/\/$/, "")}/1 HTTP/1.1\r\nHost: ${host.replace("*", "any")}\r\nConnection: close\r\n\r\n`;
        const answer = await sendRaw(gateway.url, head);
        // Without a credential most of them refuse; none is unknown, but those that are for other APIs, and none fails.
        expect(answer.text).not.toMatch(/"code":"(not_ready|internal)"/);
        expect(answer.text.includes('"code":"no_api"')).toBe(internal);
      }
      expect((await gateway.status()).applied).toMatchObject({ revision: 1 });
    } finally {
      await gateway.stop();
    }
  },
);

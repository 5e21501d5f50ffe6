import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { readFileConfiguration } from "./read-file-configuration.ts";

const folder = temporaryFolders();

test("a policy that callers would get and that is not there is named with its line", async () => {
  const file = join(folder(), "gateway.yaml");
  writeFileSync(
    file,
    `apis:
  - id: orders
    listen: /orders
    upstream: http://127.0.0.1:9001
    auth:
      jwt:
        issuer: https://issuer.test
        audience: orders
        policies: [gold]
        scopes:
          read:orders: [gold, readers]
  - id: signed
    listen: /signed
    upstream: http://127.0.0.1:9001
    auth:
      anyOf:
        - key: {}
        - hmac: { keys: [{ id: a, secret: "env://A", policies: [silver] }] }
policies:
  - id: gold
    apis: [orders]
`,
  );
  await expect(readFileConfiguration({ path: file }, [])).rejects.toThrow(
    [
      `${file}:11: apis[0].auth.jwt.scopes.read:orders[1]: no policy is called readers; known: gold`,
      `${file}:18: apis[1].auth.anyOf[1].hmac.keys[0].policies[0]: no policy is called silver; known: gold`,
    ].join("\n"),
  );
});

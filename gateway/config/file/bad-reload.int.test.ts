import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { badConfigurations, filesBeside } from "#gateway/testkit/bad-configurations.ts";
import { bootGateway, startAndEnd, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";

let gateway: BootedGateway;
let upstream: Upstream;
const squatter = createServer();
beforeAll(async () => {
  upstream = await startUpstream();
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const first = { apis: [{ id: "served", listen: "/served", upstream: upstream.url, auth: "none" }] };
  gateway = await bootGateway(first, { files: filesBeside() });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
  squatter.close();
});

test("a bad configuration is refused whole, told by file, line and path, and the one before goes on serving", async () => {
  const { port } = squatter.address() as AddressInfo;
  for (const { name, text, line, path, says } of badConfigurations(gateway.folder, port)) {
    gateway.write(text);
    const { status, detail } = await gateway.reload();
    const place = `gateway.json:${line}: ${path}: `;
    const served = (await fetch(`${gateway.url}/served/x`)).status;
    const told = detail.includes(place) && detail.includes(says) ? "it" : detail;
    expect({ name, status, served, told }).toEqual({ name, status: 422, served: 200, told: "it" });
  }
  expect((await gateway.status()).applied).toMatchObject({ revision: 1, apis: 1, quarantined: [] });
});

test("what is found only at the swap ends a start with status 2 and the same line, and nothing of its workers", async () => {
  const file = join(gateway.folder, "first.yaml");
  writeFileSync(
    file,
    'apis:\n  - id: a\n    listen: /a\n    upstream: http://u\n    transform: { request: { rewrite: [{ from: /x, to: "/{y}" }] } }\n',
  );
  const { status, stderr } = await startAndEnd(
    ["--config", file, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--workers", "2"],
    { CAUSEWAY_DATA_DIR: join(gateway.folder, "other") },
  );
  expect(stderr).toMatch(/^[^\n]+$/);
  expect(stderr).toContain(`${file}:5: apis[0].transform.request.rewrite: {y} of /{y} is not in /x`);
  expect(status).toBe(2);
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashToken } from "#base/token.ts";
import { bootGateway, readLiteral, startAndEnd, type BootedGateway } from "#gateway/testkit/boot-gateway.ts";
import { sendRaw } from "#gateway/testkit/raw.ts";
import { startUpstream, type Upstream } from "#gateway/testkit/upstream.ts";
import { temporaryFolders } from "#gateway/testkit/temporary-folder.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

let gateway: BootedGateway;
let upstream: Upstream;
const folder = temporaryFolders();

const document = {
  openapi: "3.1.0",
  info: { title: "Orders", version: "1" },
  paths: {
    "/orders": { get: { operationId: "listOrders" } },
    "/orders/{id}": { delete: { operationId: "deleteOrder" } },
  },
};
const key = (id: string, more: object) => ({ id, hash: `sha256:${hashToken(id)}`, ...more });
const headers = {
  set: {
    "X-Key": "$key.id",
    "X-Plan": "plan=${key.metadata.plan}",
    "X-Tags": "$key.tags",
    "X-Call": "$request.id from $request.address",
    "X-Price": "$$5",
    "X-Note": "$key.metadata.note",
  },
};

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await bootGateway(
    {
      apis: [
        { id: "files", listen: "/files", upstream: upstream.url },
        { id: "orders", listen: "/o", upstream: upstream.url, openapi: "./orders.json" },
        {
          id: "told",
          listen: "/told",
          upstream: upstream.url,
          transform: { request: { headers }, response: { headers: { set: { "X-Served": "$api.id to $key.id" } } } },
        },
      ],
      policies: [
        {
          id: "reader",
          tags: ["eu"],
          apis: {
            files: { paths: [{ methods: ["GET"], path: "/public/{rest*}" }, { path: "/{user}/inbox" }] },
            orders: { operations: ["listOrders"], paths: [{ methods: ["DELETE"], path: "/orders/{id}" }] },
          },
        },
        { id: "uploader", apis: { files: { paths: [{ methods: ["PUT"], path: "/public/{rest*}" }] } } },
        { id: "told", apis: ["told"], tags: ["gold"] },
      ],
      keys: [
        key("one", { policies: ["reader"] }),
        key("two", { policies: ["reader", "uploader"] }),
        key("teller", {
          policies: ["told"],
          tags: ["beta"],
          metadata: { plan: "gold", note: "naïve\r\nX-Evil: 1" },
        }),
        key("bare", { policies: ["told"] }),
      ],
    },
    { files: { "orders.json": JSON.stringify(document) } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

async function status(path: string, bearer: string, method = "GET") {
  const response = await fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${bearer}` } });
  const text = await response.text();
  return response.status === 200 ? 200 : `${response.status} ${(JSON.parse(text) as { code: string }).code}`;
}
const refused = "403 operation_not_allowed";

describe("grants by method and path", () => {
  test.each([
    ["GET", "/files/public/a/b.txt", 200],
    ["PUT", "/files/public/a/b.txt", refused],
    ["GET", "/files/ann/inbox", 200],
    ["POST", "/files/ann/inbox", 200],
    ["GET", "/files/ann/inbox/1", refused],
    ["GET", "/files/publicity", refused],
    ["GET", "/files/ann/../public/x", 200],
    ["GET", "/files/public/../private", refused],
    ["GET", "/files/public/%2e%2e/private", refused],
  ])("%s %s is %s", async (method, path, expected) => {
    // Sent as written: a client's own normalisation would hide what the gateway does.
    const url = new URL(gateway.url);

    const { text } = await sendRaw(
      gateway.url,
      `${method} ${path} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer one\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    const line = text.slice(0, text.indexOf("\r\n"));
    expect(line).toContain(expected === 200 ? " 200 " : " 403 ");
  });

  test("operations and paths of one grant add up, and so do two policies", async () => {
    expect(await status("/o/orders", "one")).toBe(200);
    expect(await status("/o/orders/7", "one", "DELETE")).toBe(200);
    expect(await status("/o/orders/7", "one")).toBe(refused);
    expect(await status("/files/public/a", "one", "PUT")).toBe(refused);
    expect(await status("/files/public/a", "two", "PUT")).toBe(200);
    expect(await status("/files/public/a", "two")).toBe(200);
  });
});

describe("headers that tell who calls", () => {
  test("go upstream with the key's metadata, tags and the call's id; a client cannot claim them", async () => {
    const answer = await fetch(`${gateway.url}/told/x`, {
      headers: { authorization: "Bearer teller", "x-request-id": "abc-1", "x-plan": "free", "x-key": "root" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-served")).toBe("told to teller");
    expect(upstream.last().headers).toMatchObject({
      "x-key": "teller",
      "x-plan": "plan=gold",
      "x-tags": "beta,gold",
      "x-call": "abc-1 from 127.0.0.1",
      "x-price": "$5",
    });
  });

  test("a value with control characters stays one header, and arrives in UTF-8", async () => {
    const sent = Buffer.from(upstream.last().headers["x-note"] as string, "latin1").toString("utf8");
    expect(sent).toBe("naïveX-Evil: 1");
    expect(upstream.last().headers["x-evil"]).toBeUndefined();
  });

  test("a value that is not there is not sent", async () => {
    expect(await status("/told/x", "bare")).toBe(200);
    expect(upstream.last().headers["x-note"]).toBeUndefined();
    expect(upstream.last().headers["x-plan"]).toBe("plan=");
  });
});

test("a changed policy holds for its keys from then on, whether it opens, limits or stops them", async () => {
  const before = readLiteral(gateway);
  const policies = before.policies as { id: string }[];
  const changed = policies.map((policy) => (policy.id === "uploader" ? { ...policy, state: "inactive" } : policy));
  await gateway.reconfigure({ ...before, policies: changed });
  expect(await status("/files/public/a", "two")).toBe("401 key_inactive");
  expect(await status("/files/public/a", "one")).toBe(200);
});

test("an unknown variable ends the start with the line, the path and the names that there are", async () => {
  const file = join(folder(), "gateway.yaml");
  writeFileSync(
    file,
    [
      "apis:",
      "  - id: a",
      "    listen: /a",
      "    upstream: http://127.0.0.1:9001",
      "    transform: { request: { headers: { set: { X-Plan: $key.plan } } } }",
    ].join("\n"),
  );
  const { status: ended, stderr } = await startAndEnd(["--config", file, "--listen", "127.0.0.1:0"]);
  expect(ended).toBe(2);
  expect(stderr).toMatch(
    /gateway\.yaml:5: apis\[0\]\.transform\.request\.headers\.set\.X-Plan: there is no variable \$key\.plan; known: /,
  );
});

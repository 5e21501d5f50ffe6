import { describe, expect, test } from "vitest";
import { discovery } from "#contracts/api/targets.ts";
import type { Asked } from "../guarded-request.ts";
import { askRegistry } from "./registry.ts";

const asked: Asked[] = [];
const secrets = { read: (reference: string) => (reference === "env://TOKEN" ? "t0ken" : undefined) };

function list(settings: object, answer: unknown, status = 200) {
  const ask = (question: Asked) => {
    asked.push(question);
    return Promise.resolve({ status, body: Buffer.from(JSON.stringify(answer)) });
  };
  return askRegistry(discovery.parse(settings), ask, secrets);
}
const short = async (facts: ReturnType<typeof list>) => (await facts).map(({ url, weight }) => [url, weight]);
const url = "http://registry/list";

describe("a registry that answers JSON", () => {
  test.each<[string, object, unknown, unknown]>([
    [
      "an array of objects",
      {},
      [
        { host: "a", port: 80 },
        { host: "b", weight: 3 },
      ],
      [
        ["http://a:80", 1],
        ["http://b", 3],
      ],
    ],
    [
      "texts",
      { items: "$.up[*]" },
      { up: ["a:81", "https://b/v1"] },
      [
        ["http://a:81", 1],
        ["https://b/v1", 1],
      ],
    ],
    [
      "fields that lie deeper",
      { items: "data.items", host: "net.ip", port: "net.port", scheme: "https", path: "/v1" },
      { data: { items: [{ net: { ip: "10.0.0.1", port: "8443" } }, { net: { ip: "fd00::1", port: 1 } }] } },
      [
        ["https://10.0.0.1:8443/v1", 1],
        ["https://[fd00::1]:1/v1", 1],
      ],
    ],
    [
      "lists in a list",
      { items: "$[*].hosts[*]" },
      [{ hosts: ["a", "b"] }, { hosts: ["c"] }],
      [
        ["http://a", 1],
        ["http://b", 1],
        ["http://c", 1],
      ],
    ],
    ["nothing where the list should be", { items: "$.data[*]" }, { other: [] }, []],
  ])("%s", async (_name, settings, answer, expected) => {
    expect(await short(list({ url, ...settings }, answer))).toEqual(expected);
  });

  test.each<[unknown, RegExp]>([
    [[{ port: 80 }], /entry 0 of \$\[\*\]: no host at host/],
    [[{ host: "a", port: "http" }], /the port is no number/],
    [[{ host: "a", weight: -1 }], /weight at weight is no number from 0/],
    [[{ host: "user:pass@evil" }], /more than host, port and path/],
    [[{ host: "a?x=1" }], /more than host, port and path/],
    [["http://a b"], /is no URL/],
  ])("%j is refused as a whole", async (answer, message) => {
    await expect(list({ url }, answer)).rejects.toThrow(message);
  });

  test("another status is no list", async () => {
    await expect(list({ url }, [], 500)).rejects.toThrow("http://registry/list: status 500");
  });

  test("its token is sent, and one that cannot be read is told by its name", async () => {
    await list({ url, token: "env://TOKEN" }, ["a"]);
    expect(asked.at(-1)?.headers).toMatchObject({ authorization: "Bearer t0ken" });
    await expect(list({ url, token: "env://NONE" }, ["a"])).rejects.toThrow("env://NONE cannot be read");
  });
});

describe("Consul", () => {
  const consul = { address: "http://127.0.0.1:8500/", service: "order api", tag: "v1", token: "env://TOKEN" };

  test("instances that pass are asked for by service and tag; an instance without an address has its node's", async () => {
    const answer = [
      { Node: { Address: "10.1.1.1" }, Service: { Address: "", Port: 8080, Weights: { Passing: 10, Warning: 1 } } },
      { Node: { Address: "10.1.1.2" }, Service: { Address: "10.2.2.2", Port: 8081 } },
    ];
    expect(await short(list({ consul, path: "/v1" }, answer))).toEqual([
      ["http://10.1.1.1:8080/v1", 10],
      ["http://10.2.2.2:8081/v1", 1],
    ]);
    expect(asked.at(-1)).toMatchObject({
      url: "http://127.0.0.1:8500/v1/health/service/order%20api?passing=true&tag=v1",
      headers: { "x-consul-token": "t0ken" },
    });
  });

  test("what is no list is refused", async () => {
    await expect(list({ consul }, { error: "no" })).rejects.toThrow(/expected an array/);
  });
});

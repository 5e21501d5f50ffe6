import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { a, srv, startDnsServer, type DnsServer } from "#gateway/testkit/dns-server.ts";
import { nameResolver, type NameResolver } from "./name-resolver.ts";
import { resolveName } from "./resolve-name.ts";

let server: DnsServer;
let resolver: NameResolver;
beforeAll(async () => {
  server = await startDnsServer({
    "api.internal": [
      a("api.internal", "10.0.0.2", 7),
      a("api.internal", "10.0.0.1", 5),
      { type: "AAAA", name: "api.internal", ttl: 90, data: "fd00::1" },
    ],
    "short.internal": [a("short.internal", "10.0.0.1", 0)],
    "_http._tcp.api.internal": [
      srv("_http._tcp.api.internal", "one.internal", 8081, 0, 30),
      srv("_http._tcp.api.internal", "gone.internal", 8083, 0, 5),
      srv("_http._tcp.api.internal", "api.internal", 8082, 10, 0),
    ],
    "_grpc._tcp.api.internal": [
      srv("_grpc._tcp.api.internal", "one.internal", 8081, 0, 1, 45),
      srv("_grpc._tcp.api.internal", "one.internal", 8082, 0, 1, 12),
    ],
    "one.internal": [a("one.internal", "10.0.1.1", 600)],
    "nothing.internal": [{ type: "TXT", name: "nothing.internal", data: "no address" }],
  });
  resolver = nameResolver([server.address], { timeoutMs: 1_000, tries: 1 });
});
afterAll(() => server.stop());

describe("a name in DNS", () => {
  test("each address of either family is a target, for the shortest of their TTLs", async () => {
    const { facts, freshMs } = await resolveName(
      { url: "http://api.internal:8080/v1", weight: 2, resolve: "dns" },
      resolver,
    );
    expect(facts).toEqual(
      ["10.0.0.1", "10.0.0.2", "fd00::1"].map((address) => ({
        url: "http://api.internal:8080/v1",
        address,
        weight: 2,
        priority: 0,
        healthy: true,
      })),
    );
    expect(freshMs).toBe(5_000);
  });

  test("a TTL of nothing is a second, so that no name is asked for without a pause", async () => {
    const { freshMs } = await resolveName({ url: "http://short.internal", weight: 1, resolve: "dns" }, resolver);
    expect(freshMs).toBe(1_000);
  });

  test("SRV records bring port, priority and weight, which a host's addresses share; a host that is gone is passed over", async () => {
    const { facts, freshMs } = await resolveName(
      { url: "http://_http._tcp.api.internal/v1", weight: 1, resolve: "srv" },
      resolver,
    );
    expect(facts.map(({ url, address, weight, priority }) => [url, address, weight, priority])).toEqual([
      ["http://one.internal:8081/v1", "10.0.1.1", 30, 0],
      ["http://api.internal:8082/v1", "10.0.0.1", 1 / 3, 10],
      ["http://api.internal:8082/v1", "10.0.0.2", 1 / 3, 10],
      ["http://api.internal:8082/v1", "fd00::1", 1 / 3, 10],
    ]);
    expect(freshMs).toBe(5_000);
  });

  test("SRV records are asked for again when their own TTL ends, where no address ends before", async () => {
    const { freshMs } = await resolveName(
      { url: "http://_grpc._tcp.api.internal", weight: 1, resolve: "srv" },
      resolver,
    );
    expect(freshMs).toBe(12_000);
  });

  test("an address that stands where a name could is itself, and is not asked for", async () => {
    const before = server.asked.length;
    const { facts } = await resolveName({ url: "http://[fd00::7]:80", weight: 1, resolve: "dns" }, resolver);
    expect(facts).toMatchObject([{ address: "fd00::7" }]);
    expect(server.asked.length).toBe(before);
  });

  test.each([["http://gone.internal"], ["http://nothing.internal"]])("%s has no target", async (url) => {
    await expect(resolveName({ url, weight: 1, resolve: "dns" }, resolver)).rejects.toThrow(/ENOTFOUND|ENODATA/);
  });
});

describe("a server that does not answer for a part of a name", () => {
  const service = { url: "http://_grpc._tcp.api.internal", weight: 1, resolve: "srv" } as const;
  const plain = { url: "http://api.internal:8080", weight: 1, resolve: "dns" } as const;
  const late = (name: string) => Promise.reject(Object.assign(new Error(`ETIMEOUT ${name}`), { code: "ETIMEOUT" }));
  const addressesOf = ({ facts }: { facts: { address?: string | undefined }[] }) => facts.map(({ address }) => address);

  test("takes no target away: a host of SRV records keeps its addresses, and is asked for again soon", async () => {
    const before = await resolveName(service, resolver);
    const again = await resolveName(service, { ...resolver, resolve4: late, resolve6: late }, before.facts);
    expect(again).toEqual({ facts: before.facts, freshMs: 2_000, doubt: "ETIMEOUT one.internal" });
    server.zone["_grpc._tcp.api.internal"]!.pop();
    const fewer = await resolveName(service, { ...resolver, resolve4: late, resolve6: late }, before.facts);
    expect(fewer.facts).toEqual(before.facts.slice(0, 1));
  });

  test("takes no family's addresses away, and gives none that nobody knew", async () => {
    const { facts } = await resolveName(plain, resolver);
    const half = { ...resolver, resolve4: late };
    expect(addressesOf(await resolveName(plain, half, facts))).toEqual(["10.0.0.1", "10.0.0.2", "fd00::1"]);
    expect(await resolveName(plain, half)).toMatchObject({ facts: [{ address: "fd00::1" }], freshMs: 2_000 });
  });

  test("leaves a name that nothing is known of without targets, and says why", async () => {
    await expect(resolveName(plain, { ...resolver, resolve4: late, resolve6: late })).rejects.toThrow("ETIMEOUT");
  });
});

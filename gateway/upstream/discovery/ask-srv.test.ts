import { createSocket } from "node:dgram";
import { encode } from "dns-packet";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { srv, startDnsServer, type DnsServer } from "#gateway/testkit/dns-server.ts";
import { askSrv } from "./ask-srv.ts";

const NAME = "_http._tcp.api.internal";
let server: DnsServer;
beforeEach(async () => {
  server = await startDnsServer({ [NAME]: [srv(NAME, "one.internal", 8081, 1, 30, 20)] });
});
afterEach(() => server.stop());

const ask = (servers = [server.address], name = NAME) => askSrv({ name, servers, timeoutMs: 500, tries: 1 });

describe("SRV records", () => {
  test("come with their shortest TTL, a CNAME's on the way among them", async () => {
    server.zone[NAME] = [
      { type: "CNAME", name: NAME, ttl: 7, data: "_http._tcp.blue.internal" },
      srv("_http._tcp.blue.internal", "one.internal", 8081, 1, 30, 20),
      srv("_http._tcp.blue.internal", "two.internal", 8082, 2, 0, 9),
    ];
    expect(await ask()).toEqual({
      records: [
        { name: "one.internal", port: 8081, priority: 1, weight: 30 },
        { name: "two.internal", port: 8082, priority: 2, weight: 0 },
      ],
      ttlSeconds: 7,
    });
  });

  test("that do not fit a datagram are asked for over TCP", async () => {
    server.zone[NAME] = Array.from({ length: 200 }, (_, index) => srv(NAME, `host-${index}.internal`, 8000 + index));
    const { records } = await ask();
    expect(records).toHaveLength(200);
    expect(records[199]).toEqual({ name: "host-199.internal", port: 8199, priority: 0, weight: 1 });
    expect(server.asked).toEqual([`SRV ${NAME}`, `SRV ${NAME} over TCP`]);
  });

  test("are not taken from an answer that does not fit the question", async () => {
    const wrong = [srv(NAME, "evil.internal", 6666)];
    server.forged = (answer) => [
      Buffer.from("not a message"),
      encode({ ...answer, id: (answer.id! + 1) % 2 ** 16, answers: wrong }),
      encode({ ...answer, type: "query", answers: wrong }),
      encode({ ...answer, questions: [{ type: "SRV", name: "_http._tcp.other.internal" }], answers: wrong }),
      encode({ ...answer, questions: [{ type: "A", name: NAME }], answers: wrong }),
    ];
    expect((await ask()).records).toMatchObject([{ name: "one.internal" }]);
  });

  test("come from the next server where one is down, refuses or fails", async () => {
    const silent = await startDnsServer({});
    silent.silent = true;
    const failing = await startDnsServer({});
    failing.failing = 2;
    const { records } = await ask([
      silent.address,
      `127.0.0.1:${await portOfNobody()}`,
      failing.address,
      server.address,
    ]);
    expect(records).toHaveLength(1);
    expect([silent.asked, failing.asked]).toEqual([[`SRV ${NAME}`], [`SRV ${NAME}`]]);
    await Promise.all([silent.stop(), failing.stop()]);
  });

  test("of a name that is written to its root, with a dot at its end", async () => {
    expect((await ask(undefined, `${NAME}.`)).records).toMatchObject([{ name: "one.internal" }]);
  });

  test("come from a server of IPv6 too", async () => {
    const six = await startDnsServer(server.zone, "::1");
    expect((await ask([six.address])).records).toHaveLength(1);
    await six.stop();
  });
});

describe("no SRV records", () => {
  test("of a name that is not: ENOTFOUND, and no second server is asked", async () => {
    const second = await startDnsServer({ ...server.zone });
    server.zone = {};
    await expect(ask([server.address, second.address])).rejects.toMatchObject({ code: "ENOTFOUND" });
    expect(second.asked).toEqual([]);
    await second.stop();
  });

  test("of a name that has others: ENODATA", async () => {
    server.zone[NAME] = [{ type: "TXT", name: NAME, data: "no service" }];
    await expect(ask()).rejects.toMatchObject({ code: "ENODATA" });
  });

  test("of a service that is said not to be here, with a dot for its host: ENODATA", async () => {
    server.zone[NAME] = [srv(NAME, ".", 0)];
    await expect(ask()).rejects.toMatchObject({ code: "ENODATA" });
  });

  test("from a server that is silent: ETIMEOUT, once each server was asked as often as is allowed", async () => {
    server.silent = true;
    const asking = askSrv({ name: NAME, servers: [server.address], timeoutMs: 50, tries: 3 });
    await expect(asking).rejects.toMatchObject({ code: "ETIMEOUT", message: `querySrv ETIMEOUT ${NAME}` });
    expect(server.asked).toHaveLength(3);
  });

  test("from a server that cannot: its own code", async () => {
    server.failing = 2;
    await expect(ask()).rejects.toMatchObject({ code: "SERVFAIL" });
  });

  test.each([[`_http._tcp.${"a".repeat(64)}.internal`], [`_http._tcp${".abcdefgh".repeat(30)}`]])(
    "of a name that DNS cannot hold, %s: EBADNAME, and nobody is asked",
    async (name) => {
      await expect(ask(undefined, name)).rejects.toMatchObject({ code: "EBADNAME" });
      expect(server.asked).toEqual([]);
    },
  );
});

/** A port of UDP that was free a moment ago. */
async function portOfNobody(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

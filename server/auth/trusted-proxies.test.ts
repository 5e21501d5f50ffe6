import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordPeers } from "./record-peers.ts";
import { addressOf, networkOf, trustedProxies } from "./trusted-proxies.ts";

const addressWith = (trusted: string, forwarded: string | null) =>
  addressOf(new Headers(forwarded === null ? {} : { "x-forwarded-for": forwarded }), trustedProxies.parse(trusted));

describe("the client's address", () => {
  test("is our own peer's by default, whatever the client claims", () => {
    expect(addressWith("0", "203.0.113.9, 198.51.100.1, 127.0.0.1")).toBe("127.0.0.1");
  });

  test("is what the proxies in a row appended, and nothing further left", () => {
    expect(addressWith("1", "6.6.6.6, 203.0.113.9, 10.0.0.1")).toBe("203.0.113.9");
    expect(addressWith("2", "6.6.6.6, 203.0.113.9, 10.0.0.2, 10.0.0.1")).toBe("203.0.113.9");
  });

  test("is the first from the right that is not a trusted proxy's", () => {
    const ranges = "10.0.0.0/8, 2001:db8:a::/48";
    expect(addressWith(ranges, "10.9.9.9, 203.0.113.9, 2001:db8:a::7, 10.0.0.1")).toBe("203.0.113.9");
    expect(addressWith(ranges, "10.9.9.9, 203.0.113.9")).toBe("203.0.113.9");
  });

  test("is a caller's own who came past the trusted addresses", () => {
    expect(addressWith("10.0.0.0/8", "1.1.1.1, 192.0.2.66")).toBe("192.0.2.66");
  });

  test("is plain: no port, no brackets, no IPv6 form of IPv4; and unknown where it is no address", () => {
    expect(addressWith("0", "203.0.113.9:4711")).toBe("203.0.113.9");
    expect(addressWith("0", "[2001:DB8:0:0::1]:443")).toBe("2001:db8::1");
    expect(addressWith("0", "::ffff:203.0.113.9")).toBe("203.0.113.9");
    expect(addressWith("1", "<script>, 10.0.0.1")).toBe("unknown");
    expect(addressWith("0", null)).toBe("unknown");
  });

  test("a setting that is neither a number nor ranges is refused", () => {
    expect(trustedProxies.safeParse("the load balancer").success).toBe(false);
    expect(trustedProxies.safeParse("10.0.0.0/99").success).toBe(false);
  });

  test("an IPv6 subscriber is one, whichever of its addresses it uses", () => {
    expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe(networkOf("2001:db8:1:2::1"));
    expect(networkOf("2001:db8:1:2::1")).not.toBe(networkOf("2001:db8:1:3::1"));
    expect(networkOf("203.0.113.9")).toBe("203.0.113.9");
  });
});

describe("behind a real server", () => {
  // As Next does: it fills the header only where a request has none.
  const server = createServer((message, response) => {
    message.headers["x-forwarded-for"] ??= message.socket.remoteAddress;
    response.end(addressWith("0", String(message.headers["x-forwarded-for"])));
  });
  beforeAll(() => {
    recordPeers();
    recordPeers();
    return new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.each([
    ["nothing", {}],
    ["6.6.6.6", { "x-forwarded-for": "6.6.6.6" }],
  ])("a client that claims %s has the address of its connection", async (_claim, headers) => {
    expect(await answerOf((server.address() as AddressInfo).port, headers)).toBe("127.0.0.1");
  });
});

async function answerOf(port: number, headers: Record<string, string>): Promise<string> {
  const call = request({ port, host: "127.0.0.1", headers, agent: false }).end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return text(response);
}

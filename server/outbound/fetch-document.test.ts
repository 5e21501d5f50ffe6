import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { parseRanges } from "#base/address-ranges.ts";
import { fetchDocument, type FetchOptions } from "./fetch-document.ts";

const nothing = parseRanges([]);
/** The loopback server of a test, and nothing else that is private. */
const loopback = parseRanges(["127.0.0.1"]);

let server: Server | undefined;
afterEach(
  () =>
    new Promise<void>((resolve) => {
      server?.closeAllConnections();
      if (server) server.close(() => resolve());
      else resolve();
      server = undefined;
    }),
);

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const fetching = (url: string, options: Partial<FetchOptions> = {}) =>
  fetchDocument(url, { allow: nothing, field: "url", ...options });
const refused = (text: RegExp) => ({
  code: "invalid",
  message: expect.stringMatching(text) as string,
  fields: [{ path: "url", message: expect.stringMatching(text) as string }],
});

describe("an address that is not public is refused, however it is written", () => {
  test.each([
    ["loopback", "http://127.0.0.1/"],
    ["loopback, elsewhere in its network", "http://127.9.9.9/"],
    ["loopback by name", "http://localhost/"],
    ["loopback as one number", "http://2130706433/"],
    ["loopback in hexadecimal", "http://0x7f.0.0.1/"],
    ["loopback in octal", "http://0177.0.0.1/"],
    ["loopback, short", "http://127.1/"],
    ["loopback in full-width digits", "http://１２７.0.0.1/"],
    ["loopback of IPv6", "http://[::1]/"],
    ["loopback in IPv6", "http://[::ffff:127.0.0.1]/"],
    ["loopback in IPv6, in hexadecimal", "http://[::ffff:7f00:1]/"],
    ["nobody's address", "http://0.0.0.0/"],
    ["nobody's address of IPv6", "http://[::]/"],
    ["private, 10/8", "http://10.0.0.1/"],
    ["private, 172.16/12", "http://172.31.255.255/"],
    ["private, 192.168/16", "http://192.168.1.1/"],
    ["private of IPv6", "http://[fd00::1]/"],
    ["carrier-grade", "http://100.64.0.1/"],
    ["link-local: the metadata service", "http://169.254.169.254/latest/meta-data/"],
    ["link-local of IPv6", "http://[fe80::1]/"],
    ["metadata of IPv6", "http://[fd00:ec2::254]/"],
    ["metadata in IPv6", "http://[::ffff:169.254.169.254]/"],
    ["metadata through NAT64", "http://[64:ff9b::a9fe:a9fe]/"],
    ["metadata through 6to4", "http://[2002:a9fe:a9fe::]/"],
    ["multicast", "http://224.0.0.1/"],
    ["broadcast", "http://255.255.255.255/"],
  ])("%s", async (_what, url) => {
    await expect(fetching(url)).rejects.toMatchObject(refused(/is a private address/));
  });
});

describe("a name", () => {
  test("of which one address is private is refused, wherever it stands", async () => {
    for (const found of [
      ["8.8.8.8", "10.0.0.1"],
      ["10.0.0.1", "8.8.8.8"],
    ])
      await expect(fetching("http://twofaced.example/", { resolve: async () => found })).rejects.toMatchObject(
        refused(/twofaced\.example is a private address \(10\.0\.0\.1\)/),
      );
  });

  test("is asked for once: what was checked is what is connected to", async () => {
    const url = await serve((_request, response) => response.end("first answer"));
    let asked = 0;
    const resolve = async () => [(asked += 1) === 1 ? "127.0.0.1" : "10.255.255.1"];
    const named = url.replace("127.0.0.1", "rebinding.example");
    expect(await fetching(named, { allow: loopback, resolve })).toBe("first answer");
    expect(asked).toBe(1);
  });

  test("without an address, and one that nobody answers for in time, is said to have none", async () => {
    const missing = async () => Promise.reject(new Error("ENOTFOUND"));
    await expect(fetching("http://missing.example/", { resolve: missing })).rejects.toMatchObject(
      refused(/no address/),
    );
    const never = () => new Promise<string[]>(() => {});
    await expect(fetching("http://slow.example/", { resolve: never, timeoutMs: 50 })).rejects.toMatchObject(
      refused(/no address/),
    );
  });
});

describe("a redirect", () => {
  const to = (location: string) => serve((_request, response) => response.writeHead(302, { location }).end("moved"));

  test.each(["http://10.0.0.1/", "http://169.254.169.254/", "http://[::ffff:127.0.0.2]/", "//127.0.0.2:1/"])(
    "to %s is refused although the first hop was allowed",
    async (location) => {
      await expect(fetching(await to(location), { allow: loopback })).rejects.toMatchObject(refused(/private address/));
    },
  );

  test.each([
    ["to another scheme", "file:///etc/passwd", /Only http and https/],
    ["to what is no URL", "http://[", /no URL/],
    ["without end", "/again", /more than 3 times/],
  ])("%s is refused", async (_where, location, text) => {
    await expect(fetching(await to(location), { allow: loopback })).rejects.toMatchObject(refused(text));
  });

  test("within what is allowed is followed", async () => {
    const url = await serve((request, response) =>
      request.url === "/there" ? response.end("openapi: 3.1.0") : response.writeHead(301, { location: "/there" }).end(),
    );
    expect(await fetching(url, { allow: loopback })).toBe("openapi: 3.1.0");
  });
});

describe("an answer", () => {
  test("past the cap is refused without being read to its end", async () => {
    let written = 0;
    const url = await serve((_request, response) => {
      const endless = new Readable({
        read() {
          written += 100_000;
          this.push(Buffer.alloc(100_000, " "));
        },
      });
      response.on("close", () => endless.destroy());
      endless.pipe(response);
    });
    await expect(fetching(url, { allow: loopback })).rejects.toMatchObject(refused(/larger than 5 MB/));
    expect(written).toBeLessThan(50_000_000);
  });

  test.each<[string, RequestListener]>([
    ["that never begins", () => {}],
    ["whose body drips", (_request, response) => void response.writeHead(200).write("openapi: ")],
  ])("%s is given up on", async (_what, listener) => {
    const url = await serve(listener);
    await expect(fetching(url, { allow: loopback, timeoutMs: 200 })).rejects.toMatchObject(refused(/took too long/));
  });

  test("other than 200, and a server that is not there, are told as they are", async () => {
    const url = await serve((_request, response) => response.writeHead(404).end());
    await expect(fetching(url, { allow: loopback })).rejects.toMatchObject(refused(/answered 404/));
    await new Promise<void>((resolve) => server!.close(() => resolve()));
    await expect(fetching(url, { allow: loopback })).rejects.toMatchObject(refused(/could not be fetched/));
  });
});

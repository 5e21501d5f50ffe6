import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mutated, pieces } from "#gateway/testkit/wire/mutated.ts";
import { readAsGateway, readAsNode, readTrailersOf, type Reading } from "#gateway/testkit/wire/read-messages.ts";

const VALID = [
  "GET /a/b?c=d HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nX-A: b c\r\n\r\n",
  "POST /p HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello",
  'PUT /p HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c="d"\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-T: u\r\n\r\n',
  "GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive\r\n\r\n",
  "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "POST /e HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
];

/** What llhttp refuses and the gateway takes, on purpose. */
const EXCEPTIONS: Record<string, string> = {
  HPE_INVALID_METHOD:
    "llhttp knows a list of methods; to a gateway every token is one, and it is the upstream's to judge",
};

const read = (text: string): Promise<Reading> => readAsGateway(pieces(text));
const request = (lines: string, body = ""): string => `${lines}\r\n\r\n${body}`;
const NEXT = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

describe("beside Node's strict parser, on requests with mistakes in them", () => {
  test("what it refuses is refused, and what both take is the same request with the same end", async () => {
    await fc.assert(
      fc.asyncProperty(mutated(VALID, 2), async (text) => {
        const [ours, theirs] = [await read(text), await readAsNode(pieces(text))];
        const judged = theirs.refused !== undefined && theirs.refused in EXCEPTIONS;
        const common = judged ? ours.requests.slice(0, theirs.requests.length) : ours.requests;
        expect(common).toEqual(theirs.requests.slice(0, common.length));
      }),
      { numRuns: 3_000 },
    );
  });

  test("every exception is one", async () => {
    const text = request("BREW /pot HTTP/1.1\r\nHost: a");
    expect((await readAsNode(pieces(text))).refused).toBe("HPE_INVALID_METHOD");
    expect(await read(text)).toMatchObject({ requests: [{ method: "BREW" }], refused: undefined });
  });
});

describe("bytes in pieces", () => {
  test("cut anywhere, they are read as in one piece", async () => {
    for (const text of [...VALID, VALID.join("")]) {
      const whole = await read(text);
      expect(whole.refused).toBeUndefined();
      for (let at = 1; at < text.length; at += 1) expect(await readAsGateway(pieces(text, at))).toEqual(whole);
    }
  });

  test("with mistakes in them they are refused in pieces as in one", async () => {
    await fc.assert(
      fc.asyncProperty(mutated(VALID, 2), fc.nat(), async (text, at) => {
        const [whole, cut] = [await read(text), await readAsGateway(pieces(text, at % text.length))];
        expect(cut.requests).toEqual(whole.requests);
        // A line end that misses its half may be told before the head is whole.
        if (whole.refused !== undefined) expect(cut.refused).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test("byte by byte too", async () => {
    const text = VALID.join("");
    const every = Array.from({ length: text.length - 1 }, (_, index) => index + 1);
    expect(await readAsGateway(pieces(text, ...every))).toEqual(await read(text));
  });
});

describe("what two readers could read differently is refused, and nothing behind it is read", () => {
  const framed = (fields: string) => request(`POST / HTTP/1.1\r\nHost: a\r\n${fields}`, `0\r\n\r\n${NEXT}`);
  test.each([
    ["a length and a coding", framed("Content-Length: 5\r\nTransfer-Encoding: chunked")],
    ["a coding and a length", framed("Transfer-Encoding: chunked\r\nContent-Length: 5")],
    ["two lengths, the same", framed("Content-Length: 5\r\nContent-Length: 5")],
    ["a list of lengths", framed("Content-Length: 5, 5")],
    ["a length with a sign", framed("Content-Length: +5")],
    ["a negative length", framed("Content-Length: -5")],
    ["a length in hex", framed("Content-Length: 0x5")],
    ["an empty length", framed("Content-Length:")],
    ["a length past exact numbers", framed("Content-Length: 99999999999999999999")],
    ["two codings", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")],
    ["a list of codings", framed("Transfer-Encoding: chunked, identity")],
    ["another coding", framed("Transfer-Encoding: xchunked")],
    ["gzip before chunked", framed("Transfer-Encoding: gzip, chunked")],
    ["an empty coding", framed("Transfer-Encoding:")],
    ["a tab before the coding", framed("Transfer-Encoding:\tchunked")],
    ["a vertical tab before the coding", framed("Transfer-Encoding: \x0bchunked")],
    ["a space before the colon", framed("Transfer-Encoding : chunked")],
    ["a line that is folded", framed("Transfer-Encoding:\r\n chunked")],
    ["a bare CR in a value", framed("X: a\rTransfer-Encoding: chunked")],
    ["a bare LF after a field", framed("X: a\nTransfer-Encoding: chunked")],
    ["a NUL in a value", framed("X: a\0b")],
    ["a DEL in a value", framed("X: a\x7fb")],
    ["a field without a name", framed(": a")],
    ["a line without a colon", framed("X")],
    ["a coding with HTTP/1.0", request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked", `0\r\n\r\n${NEXT}`)],
    ["no Host", request("GET / HTTP/1.1\r\nAccept: */*", NEXT)],
    ["two Hosts", request("GET / HTTP/1.1\r\nHost: a\r\nHost: a", NEXT)],
    ["a Host with user information", request("GET / HTTP/1.1\r\nHost: b@a", NEXT)],
    ["a Host with a comma", request("GET / HTTP/1.1\r\nHost: a,b", NEXT)],
    ["a Host with a space", request("GET / HTTP/1.1\r\nHost: a b", NEXT)],
    ["a Host with a path", request("GET / HTTP/1.1\r\nHost: a/b", NEXT)],
    ["a target with another authority than Host", request("GET http://b/ HTTP/1.1\r\nHost: a", NEXT)],
    ["a target with user information", request("GET http://b@a/ HTTP/1.1\r\nHost: a", NEXT)],
    ["a target without a form", request("GET a HTTP/1.1\r\nHost: a", NEXT)],
    ["a target of another scheme", request("GET ftp://a/ HTTP/1.1\r\nHost: a", NEXT)],
    ["a fragment", request("GET /a#b HTTP/1.1\r\nHost: a", NEXT)],
    ["a backslash", request("GET /a\\b HTTP/1.1\r\nHost: a", NEXT)],
    ["a byte above ASCII in the target", request("GET /\xfc HTTP/1.1\r\nHost: a", NEXT)],
    ["two spaces in the request line", request("GET  / HTTP/1.1\r\nHost: a", NEXT)],
    ["a tab in the request line", request("GET\t/ HTTP/1.1\r\nHost: a", NEXT)],
    ["HTTP/0.9", request("GET /", NEXT)],
    ["HTTP/1.2", request("GET / HTTP/1.2\r\nHost: a", NEXT)],
    ["HTTP/2.0", request("GET / HTTP/2.0\r\nHost: a", NEXT)],
    ["http/1.1", request("GET / http/1.1\r\nHost: a", NEXT)],
    ["CONNECT", request("CONNECT a:443 HTTP/1.1\r\nHost: a:443", NEXT)],
    ["CONNECT with a path", request("CONNECT / HTTP/1.1\r\nHost: a", NEXT)],
    ["TRACE", request("TRACE / HTTP/1.1\r\nHost: a", NEXT)],
    ["another expectation", request("GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok", NEXT)],
    ["bare line feeds all over", request("GET / HTTP/1.1\nHost: a\n\n", NEXT)],
    ["CR CR LF", request("GET / HTTP/1.1\r\nHost: a\r\r\n", NEXT)],
    ["two empty lines before it", `\r\n\r\n${NEXT}`],
    ["more than 200 fields", request(`GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(200)}Y: z`, NEXT)],
    ["a head past its limit", request(`GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(32_768)}`, NEXT)],
    ["a target past its limit", request(`GET /${"y".repeat(16_384)} HTTP/1.1\r\nHost: a`, NEXT)],
  ])("%s", async (_what, text) => {
    expect(await read(text)).toEqual({ requests: [], refused: expect.any(String) as string });
  });

  const chunked = (body: string) => request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked", body);
  test.each([
    ["a size with a prefix", "0x5\r\nhello\r\n0\r\n\r\n"],
    ["a negative size", "-5\r\nhello\r\n0\r\n\r\n"],
    ["a size with a space behind", "5 \r\nhello\r\n0\r\n\r\n"],
    ["a size with a space before", " 5\r\nhello\r\n0\r\n\r\n"],
    ["an empty size", "\r\nhello\r\n0\r\n\r\n"],
    ["a size of seventeen digits", "10000000000000005\r\nhello\r\n0\r\n\r\n"],
    ["a size that ends with a bare LF", "5\nhello\r\n0\r\n\r\n"],
    ["an extension that ends with a bare LF", "5;a\nhello\r\n0\r\n\r\n"],
    ["an extension with a bare CR", "5;a\rb\r\nhello\r\n0\r\n\r\n"],
    ["a quoted line end in an extension", '5;a="\r\n"\r\nhello\r\n0\r\n\r\n'],
    ["an extension without a name", "5;\r\nhello\r\n0\r\n\r\n"],
    ["an extension without end", `5;${"a".repeat(300)}\r\nhello\r\n0\r\n\r\n`],
    ["extensions on every chunk", `${`1;${"a".repeat(200)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`],
    ["a chunk longer than its size", "5\r\nhello!\r\n0\r\n\r\n"],
    ["a chunk that ends with a bare LF", "5\r\nhello\n0\r\n\r\n"],
    ["a chunk that ends with a bare CR", "5\r\nhello\r0\r\n\r\n"],
    ["a length in the trailers", "0\r\nContent-Length: 5\r\n\r\n"],
    ["a coding in the trailers", "0\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a folded trailer", "0\r\nX: a\r\n b\r\n\r\n"],
    ["too many trailers", `0\r\n${"X: y\r\n".repeat(51)}\r\n`],
    ["trailers without end", `0\r\n${"X: y\r\n".repeat(2_000)}`],
    ["another request in the place of the last line end", `0\r\n${NEXT}`],
  ])("in chunks: %s", async (_what, body) => {
    expect(await read(chunked(`${body}${NEXT}`))).toEqual({ requests: [], refused: expect.any(String) as string });
  });
});

describe("what is unusual and clear is taken", () => {
  test.each([
    ["one empty line before a request", `\r\n${NEXT}`, { target: "/next" }],
    [
      "a length with leading zeros",
      request("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005", "hello"),
      { body: "hello" },
    ],
    [
      "the coding in capitals",
      request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED", "1\r\nx\r\n0\r\n\r\n"),
      { body: "x" },
    ],
    [
      "blanks around a value",
      request("GET / HTTP/1.1\r\nHost: a\r\nX: \t b\tc \t"),
      { fields: ["host: a", "x: b\tc"] },
    ],
    ["an empty value", request("GET / HTTP/1.1\r\nHost: a\r\nX:"), { fields: ["host: a", "x: "] }],
    [
      "bytes above ASCII in a value",
      request("GET / HTTP/1.1\r\nHost: a\r\nX: \xe9"),
      { fields: ["host: a", "x: \xe9"] },
    ],
    [
      "an absolute target that Host agrees with",
      request("GET HTTP://A:80/x HTTP/1.1\r\nHost: a"),
      { target: "HTTP://A:80/x" },
    ],
    ["an address in brackets", request("GET / HTTP/1.1\r\nHost: [::1]:80"), { target: "/" }],
  ])("%s", async (_what, text, expected) => {
    expect(await read(text)).toMatchObject({ requests: [expected], refused: undefined });
  });

  test("trailers that decide nothing pass, those that could mislead are left out", async () => {
    const body = "0\r\nX-Checksum: a\r\nAuthorization: b\r\nX-Forwarded-For: c\r\nHost: d\r\nKeep-Alive: e\r\n\r\n";
    const text = request("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked", body);
    expect(await readTrailersOf(pieces(text))).toEqual(["X-Checksum", "a"]);
  });
});

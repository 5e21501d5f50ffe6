import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mutated, pieces } from "#gateway/testkit/wire/mutated.ts";
import { startAnswerReaders, type AnswerReaders, type ReadAnswer } from "#gateway/testkit/wire/read-answers.ts";

const VALID = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\nX-T: u\r\n\r\n",
  "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n",
  "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nuntil the end",
  "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok",
  "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n",
];

let readers: AnswerReaders;
beforeAll(async () => {
  readers = await startAnswerReaders();
});
afterAll(() => readers.stop());

const read = (text: string, method = "GET") => readers.asGateway(method, pieces(text));

/**
 * The one exception: bytes behind a whole answer. Node gives up the answer with them; here the answer stands and the
 * connection is never used again. So Node is asked about the beginning of the same bytes.
 */
async function asNodeWithoutSurplus(method: string, text: string): Promise<ReadAnswer | undefined> {
  for (let length = text.length; length > 0; length -= 1) {
    const answer = await readers.asNode(method, pieces(text.slice(0, length)));
    if (answer !== undefined) return answer;
  }
  return undefined;
}

test("beside Node's strict parser, no answer is taken that it refuses, and what both take is the same", async () => {
  await fc.assert(
    fc.asyncProperty(mutated(VALID, 1), fc.constantFrom("GET", "GET", "GET", "HEAD"), async (text, method) => {
      const ours = await read(text, method);
      if (ours === undefined) return;
      const theirs = (await readers.asNode(method, pieces(text))) ?? (await asNodeWithoutSurplus(method, text));
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 600 },
  );
}, 60_000);

test("cut anywhere, an answer is read as in one piece", async () => {
  for (const text of VALID) {
    const whole = await read(text);
    expect(whole).toBeDefined();
    for (let at = 1; at < text.length; at += 5) expect(await readers.asGateway("GET", pieces(text, at))).toEqual(whole);
  }
});

describe("no answer is made of", () => {
  test.each([
    ["a length and a coding", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"],
    ["a length in hex", "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello"],
    ["another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello"],
    ["a coding behind a tab", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n"],
    ["a body that is cut", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"],
    ["a chunk that is cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello"],
    ["chunks without the last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
    ["chunks without the last line end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"],
    ["a head that is cut", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"],
    ["bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
    ["a folded line", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"],
    ["a bare CR in a value", "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"],
    ["HTTP/0.9", "hello"],
    ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
    ["HTTP/1.2", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"],
    ["a status beyond 599", "HTTP/1.1 600 OK\r\nContent-Length: 0\r\n\r\n"],
    ["a status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"],
    ["a control character in the reason", "HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n"],
    ["a change of protocol unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes"],
    ["more than 200 fields", `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(201)}Content-Length: 0\r\n\r\n`],
    ["a head without end", `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(20_000)}`],
    ["announcements without end", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n".repeat(1_000)],
  ])("%s", async (_what, text) => expect(await read(text)).toBeUndefined());
});

describe("no body follows, whatever the fields say", () => {
  test.each([
    ["an answer to HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
    ["204", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello"],
    ["304", "GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"],
  ])("%s", async (_what, method, text) => expect(await read(text, method)).toMatchObject({ body: "" }));
});

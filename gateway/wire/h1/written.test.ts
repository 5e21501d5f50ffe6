import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OutboundRequest } from "../outbound.ts";
import { interimHead } from "./answer-head.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { parseRequestHead } from "./request-head.ts";
import { requestText } from "./request-text.ts";
import { parseResponseHead } from "./response-head.ts";
import { trailerText } from "./trailer-text.ts";
import { MemorySocket } from "#gateway/testkit/wire/memory-socket.ts";

/** As bytes on the wire: a socket writes Latin-1, which keeps a character's low byte alone. */
const asBytes = (text: string): string => Buffer.from(text, "latin1").toString("latin1");

/** What plugins, context variables or a faulty configuration could hand over: U+010A cuts down to a line feed. */
const HOSTILE = [
  "a\r\nX-Evil: b",
  "a\nX-Evil: b",
  "a\rX-Evil: b",
  "aĊX-Evil: b",
  "ačĊX-Evil: b",
  "a\0b",
  "aĀb",
  "🦊\u{1F40A}",
  "\ud800",
];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(...HOSTILE),
  fc.tuple(fc.string(), fc.constantFrom(...HOSTILE)).map((parts) => parts.join("")),
);
const name = fc.oneof({ weight: 4, arbitrary: fc.stringMatching(/^x-[a-z]{1,8}$/) }, { weight: 1, arbitrary: text });
const fieldLists = fc.array(fc.tuple(name, text), { maxLength: 6 }).map((pairs) => pairs.flat());

const SENT: OutboundRequest = {
  ...{
    method: "GET",
    path: "/",
    authority: "up.example",
    scheme: "http",
    fields: [],
    hasBody: false,
    bodyLength: undefined,
  },
  ...{ acceptsTrailers: false, upgrade: undefined, headersMs: 1, idleMs: 1, tunnelIdleMs: 1 },
};

/** Fields of a head that was written, as a strict reader sees them: it throws where they are none. */
function namesIn(head: string): string[] {
  const { fields } = parseRequestHead(asBytes(head).slice(0, -2));
  return fields.filter((_part, index) => index % 2 === 0);
}
const namesOf = (fields: readonly string[]) => fields.filter((_part, index) => index % 2 === 0);
const isName = (written: string) =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(written) &&
  !/^(host|content-length|transfer-encoding|connection|expect)$/i.test(written);

describe("a value that is added can never add a line", () => {
  test("to a request: its fields are those that were given, less those without a name", () => {
    fc.assert(
      fc.property(fieldLists, (fields) => {
        const names = namesIn(requestText({ ...SENT, fields }));
        expect(names).toEqual(["Host", ...namesOf(fields).filter(isName)]);
      }),
      { numRuns: 2_000 },
    );
  });

  test("to its target, which stays one word", () => {
    fc.assert(
      fc.property(text, (path) => {
        const { target } = parseRequestHead(
          asBytes(requestText({ ...SENT, path: `/${path.replace(/[#\\]/g, "")}` })).slice(0, -2),
        );
        expect(target).toMatch(/^\/[!-~]*$/);
      }),
    );
    expect(requestText({ ...SENT, path: "/ü/Ċ b" })).toMatch(/^GET \/%C3%BC\/%C4%8A%20b HTTP\/1\.1\r\n/);
  });

  test("to an answer, to an announcement of one, to trailers", () => {
    fc.assert(
      fc.property(fieldLists, (fields) => {
        const kept = namesOf(fields).filter(isName);
        const memory = new MemorySocket();
        const writer = new AnswerWriter(memory.socket);
        writer.head(200, fields, true, { method: "HEAD", isHttp10: false, keepsAlive: true });
        writer.flush();
        const read = parseResponseHead(memory.text.slice(0, -2), "HEAD");
        expect(namesOf(read.fields).filter((one) => one !== "Date")).toEqual(kept.filter((one) => one !== "Date"));
        expect(namesOf(parseResponseHead(asBytes(interimHead(103, fields)).slice(0, -2), "GET").fields)).toEqual(kept);
        expect(asBytes(trailerText(fields)).split("\r\n").length - 1).toBe(kept.length);
        expect(asBytes(trailerText(fields)).replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["aĊX-Evil: b", "a\xc4\x8aX-Evil: b"],
    ["a\r\nX-Evil: b", "a  X-Evil: b"],
    ["Kraków", "Krak\xf3w"],
    ["Łódź", "\xc5\x81\xc3\xb3d\xc5\xba"],
    ["a\tb", "a\tb"],
  ])("%j leaves as %j", (value, expected) => {
    expect(asBytes(requestText({ ...SENT, fields: ["X", value] }))).toContain(`\r\nX: ${expected}\r\n`);
  });
});

describe("an answer's framing", () => {
  const written = (status: number, fields: string[], bodiless: boolean, method = "GET", isHttp10 = false): string => {
    const memory = new MemorySocket();
    const writer = new AnswerWriter(memory.socket);
    writer.head(status, ["Date", "x", ...fields], bodiless, { method, isHttp10, keepsAlive: true });
    writer.flush();
    return memory.text;
  };

  test("a head that ended a stream of HTTP/2 says over HTTP/1.1 that nothing follows", () => {
    expect(written(200, [], true)).toBe("HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 0\r\n\r\n");
    expect(written(200, [], true, "HEAD")).toBe("HTTP/1.1 200 OK\r\nDate: x\r\n\r\n");
    expect(written(304, [], true)).toBe("HTTP/1.1 304 Not Modified\r\nDate: x\r\n\r\n");
  });

  test("a length that no body follows is left out of 204, and stays with HEAD", () => {
    expect(written(204, ["Content-Length", "5"], true)).toBe("HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n");
    expect(written(200, ["Content-Length", "5"], true, "HEAD")).toContain("Content-Length: 5");
  });

  test("without a length it is chunked, and for HTTP/1.0 the connection's end", () => {
    expect(written(200, [], false)).toContain("Transfer-Encoding: chunked\r\n");
    expect(written(200, [], false, "GET", true)).toMatch(/Date: x\r\nConnection: close\r\n\r\n$/);
  });
});

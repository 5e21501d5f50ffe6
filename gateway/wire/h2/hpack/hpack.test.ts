import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SessionError } from "../frames.ts";
import { BlockReader } from "./block-reader.ts";
import { BlockWriter } from "./block-writer.ts";
import { huffmanText } from "./huffman.ts";

function read(reader: BlockReader, block: Buffer): [string, string][] {
  const fields: [string, string][] = [];
  reader.read(block, 0, block.length, ({ name, value }) => fields.push([name, value]));
  return fields;
}
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("the examples of RFC 7541", () => {
  test("C.4: three requests, each building on those before, with Huffman's code", () => {
    const reader = new BlockReader();
    const first: [string, string][] = [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ];
    expect(read(reader, hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))).toEqual(first);
    expect(read(reader, hex("8286 84be 5886 a8eb 1064 9cbf"))).toEqual([...first, ["cache-control", "no-cache"]]);
    expect(read(reader, hex("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))).toEqual([
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ]);
  });

  test("C.6: answers that push each other out of a table of 256 bytes", () => {
    const reader = new BlockReader();
    // The size of that appendix's table, which a block has to begin with.
    read(reader, hex("3fe101"));
    read(
      reader,
      hex(
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
      ),
    );
    expect(read(reader, hex("4883 640e ffc1 c0bf"))).toEqual([
      [":status", "307"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
      ["location", "https://www.example.com"],
    ]);
  });
});

describe("a block that is broken ends the session", () => {
  test.each([
    ["a field that no table has", "be"],
    ["index 0", "80"],
    ["a text that is longer than its block", "0005 61"],
    ["a number without end", "7fff ffff ffff ff"],
    ["a number that would not be exact", "7fff ffff ffff ff7f"],
    ["a table larger than was allowed", "3fe2 1f"],
    ["a table that changes within a block", "8220"],
    ["padding of more than seven bits", "0081 ff00"],
    ["padding of zeros", "0081 00 00"],
    ["the end of a string within it", "0084 ffff ffff 00"],
    ["nothing but a beginning", "40"],
  ])("%s", (_what, bytes) => {
    expect(() => read(new BlockReader(), hex(bytes))).toThrow(SessionError);
  });

  test("and nothing else does, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (blocks) => {
        const reader = new BlockReader();
        try {
          for (const block of blocks) read(reader, Buffer.from(block));
        } catch (error) {
          expect(error).toBeInstanceOf(SessionError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("what is written is read as it was", () => {
  const name = fc.constantFrom("server", "X-Kind", "content-type", "set-cookie", "age", "vary", "x-a", "x-b");
  const value = fc.oneof(
    fc.constantFrom("a", "b", "", "x".repeat(200), "y".repeat(4_000)),
    fc.stringMatching(/^[!-~]{0,300}$/),
  );
  const answer = fc.array(fc.tuple(name, value), { maxLength: 12 });
  const steps = fc.array(fc.oneof(answer, fc.nat(8_000)), { maxLength: 30 });

  test("over many answers, and whatever table the reader allows", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const [writer, reader] = [new BlockWriter(), new BlockReader()];
        for (const step of all) {
          if (typeof step === "number") {
            writer.limitTable(step);
            continue;
          }
          const block = writer.answer(200, ["date", "now", ...step.flat()]);
          expect(read(reader, Buffer.from(block, "latin1"))).toEqual([
            [":status", "200"],
            ["date", "now"],
            ...step.map(([written, text]) => [written.toLowerCase(), text]),
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a field that is said again costs one byte, and one that changes pushes nothing out", () => {
    const writer = new BlockWriter();
    const said = (id: number) =>
      writer.answer(200, ["date", "now", "server", "nginx", "x-request-id", String(id)]).length;
    const first = said(1);
    said(2);
    // The status, two fields of the table, and the id spelled out.
    expect(said(3)).toBe(3 + 1 + "x-request-id".length + 1 + 1 + 1);
    expect(said(4)).toBeLessThan(first);
  });

  test("secrets stand in no table, here or at the next hop", () => {
    const writer = new BlockWriter();
    const blocks = [1, 2, 3].map(() => writer.answer(200, ["date", "now", "Set-Cookie", "session=1"]));
    for (const block of blocks) expect(block).toContain("session=1");
    // Literal, never indexed (RFC 7541, 6.2.3), by the static name 55.
    expect(blocks[0]).toContain("\x1f\x28");
  });

  test("no value adds a field, and what is of an HTTP/1.1 connection stays behind", () => {
    const block = new BlockWriter().answer(204, [
      ...["date", "now", "x", "a\r\nb: c", "Connection", "close", "Transfer-Encoding", "chunked"],
      ...["a b", "c", "content-length", "0", "y", "Ċ"],
    ]);
    expect(read(new BlockReader(), Buffer.from(block, "latin1"))).toEqual([
      [":status", "204"],
      ["date", "now"],
      ["x", "a  b: c"],
      ["y", Buffer.from("Ċ").toString("latin1")],
    ]);
  });
});

test("a text's code that ends early is not read as a text", () => {
  // "a" is 00011; what is left of its byte has to be ones.
  expect(huffmanText(Buffer.from([0b00011_111]), 0, 1)).toBe("a");
  expect(huffmanText(Buffer.from([0b00011_000]), 0, 1)).toBeUndefined();
});

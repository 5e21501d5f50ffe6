import fc from "fast-check";
import { expect, test } from "vitest";
import { MemorySocket } from "#gateway/testkit/wire/memory-socket.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { BodyReader } from "./body-reader.ts";
import { CHUNKED } from "./framing.ts";

const trailerLists = fc
  .array(fc.tuple(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)), {
    maxLength: 4,
  })
  .map((pairs) => pairs.flat());
const cuts = fc.array(fc.nat(), { maxLength: 8 });

interface Taken {
  body: Buffer;
  trailers: string[] | undefined;
  /** Bytes of the wire that belonged to the body. */
  used: number;
}

/** Reads bytes cut at the given places, then a stranger's byte that must be left. */
function readInPieces(wire: Buffer, places: readonly number[]): Taken {
  const chunks: Buffer[] = [];
  let trailers: string[] | undefined;
  const reader = new BodyReader(CHUNKED, {
    onBodyData: (chunk) => void chunks.push(Buffer.from(chunk)),
    onBodyEnd: (ended) => (trailers = ended),
  });
  const bytes = Buffer.concat([wire, Buffer.from("G")]);
  const edges = [0, ...places.map((place) => place % bytes.length).toSorted((a, b) => a - b), bytes.length];
  let used = 0;
  for (const [index, edge] of edges.slice(1).entries()) {
    if (reader.done) break;
    used += reader.read(bytes.subarray(edges[index], edge), 0);
  }
  expect(reader.done).toBe(true);
  return { body: Buffer.concat(chunks), trailers, used };
}

test("what the writer puts in chunks the reader takes out, however the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 6 }),
      trailerLists,
      cuts,
      (parts, trailers, at) => {
        const memory = new MemorySocket();
        const writer = new AnswerWriter(memory.socket);
        writer.head(200, [], false, { method: "GET", isHttp10: false, keepsAlive: true });
        writer.flush();
        const headBytes = Buffer.concat(memory.written).length;
        for (const part of parts) writer.write(Buffer.from(part));
        writer.end(trailers);
        const wire = Buffer.concat(memory.written).subarray(headBytes);
        const taken = readInPieces(wire, at);
        expect(taken.body.equals(Buffer.concat(parts))).toBe(true);
        expect(taken.trailers ?? []).toEqual(trailers);
        expect(taken.used).toBe(wire.length);
      },
    ),
  );
});

test("extensions are read and dropped, wherever a piece ends", () => {
  const token = fc.stringMatching(/^[a-z0-9]{1,6}$/);
  const value = fc.oneof(
    token,
    fc.stringMatching(/^[ !#-[\]-~]{0,8}$/).map((quoted) => `"${quoted}"`),
  );
  const extension = fc.oneof(
    token,
    fc.tuple(token, value).map((parts) => parts.join("=")),
  );
  const chunk = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.array(extension, { maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 5 }), fc.boolean(), cuts, (chunks, capitals, at) => {
      const wire = Buffer.concat([
        ...chunks.flatMap(([data, extensions]) => {
          const size = data.length.toString(16).padStart(3, "0");
          const line = [capitals ? size.toUpperCase() : size, ...extensions].join(";");
          return [Buffer.from(`${line}\r\n`), Buffer.from(data), Buffer.from("\r\n")];
        }),
        Buffer.from("0\r\n\r\n"),
      ]);
      const taken = readInPieces(wire, at);
      expect(taken.body.equals(Buffer.concat(chunks.map(([data]) => data)))).toBe(true);
      expect(taken.used).toBe(wire.length);
    }),
  );
});

test("many small chunks of one read are passed on together, a large one as it is, and none twice", () => {
  const parts: Buffer[] = [];
  const reader = new BodyReader(CHUNKED, {
    onBodyData: (chunk) => void parts.push(Buffer.from(chunk)),
    onBodyEnd: () => {},
  });
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const small = Array.from({ length: 1_000 }, (_, index) => String(index));
  const large = "x".repeat(5_000);
  const sent = [...small, large, ...small];
  const wire = Buffer.from(`${sent.map(chunk).join("")}0\r\n\r\n`);
  expect(reader.read(wire, 0)).toBe(wire.length);
  expect(parts.map(String)).toEqual([small.join(""), large, small.join("")]);
});

test("what came before a mistake is passed on", () => {
  const parts: string[] = [];
  const reader = new BodyReader(CHUNKED, {
    onBodyData: (chunk) => void parts.push(chunk.toString()),
    onBodyEnd: () => {},
  });
  expect(() => reader.read(Buffer.from("1\r\na\r\n1\r\nb\r\nz\r\n"), 0)).toThrow(
    "A chunk does not begin with its size.",
  );
  expect(parts).toEqual(["ab"]);
});

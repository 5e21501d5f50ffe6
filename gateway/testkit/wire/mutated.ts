import fc from "fast-check";

/** Bytes that readers have read differently somewhere. */
const BITS = [
  ...[
    "\r",
    "\n",
    "\r\n",
    "\0",
    "\t",
    " ",
    ":",
    ";",
    ",",
    "=",
    '"',
    "0",
    "5",
    "a",
    "f",
    "x",
    "\x0b",
    "\x7f",
    "\x80",
    "\xff",
  ],
  ...["\r\n ", "\r\nX: y", "/", "?", "#", "\\", "%", "{", "-", "+", "HTTP/1.1"],
  ...["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "Connection: close\r\n"],
];

const mutation = fc.record({
  kind: fc.constantFrom("insert", "delete", "replace"),
  at: fc.nat(),
  bit: fc.constantFrom(...BITS),
  count: fc.integer({ min: 1, max: 4 }),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

/** Valid messages, one to `most` behind each other, with up to three mistakes somewhere in them. */
export function mutated(messages: readonly string[], most: number): fc.Arbitrary<string> {
  const several = fc.array(fc.constantFrom(...messages), { minLength: 1, maxLength: most });
  return fc
    .tuple(several, fc.array(mutation, { maxLength: 3 }))
    .map(([parts, mutations]) => mutations.reduce(applied, parts.join("")));
}

function applied(text: string, { kind, at, bit, count }: Mutation): string {
  const place = at % (text.length + 1);
  const [before, after] = [text.slice(0, place), text.slice(place)];
  if (kind === "insert") return before + bit + after;
  return kind === "delete" ? before + after.slice(count) : before + bit + after.slice(bit.length);
}

/** Latin-1 text as bytes, in pieces of which each but the last has its length from `cuts`. */
export function pieces(text: string, ...cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, "latin1");
  const edges = [0, ...cuts, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

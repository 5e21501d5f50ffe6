import fc from "fast-check";
import { expect, test } from "vitest";
import { BodyAhead } from "./body-ahead.ts";

test("what is put in comes out in order, each byte once, whenever it is taken", () => {
  const steps = fc.array(fc.option(fc.uint8Array({ minLength: 1, maxLength: 6_000 }), { freq: 3 }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (wanted) => {
      const ahead = new BodyAhead();
      const taken: Buffer[] = [];
      for (const piece of wanted) {
        if (piece !== null) ahead.push(Buffer.from(piece), 0, piece.length);
        else if (!ahead.isEmpty) taken.push(ahead.shift()!);
      }
      const before = Buffer.concat(taken).length;
      while (!ahead.isEmpty) taken.push(ahead.shift()!);
      const all = Buffer.concat(wanted.filter((piece) => piece !== null));
      expect(Buffer.concat(taken).equals(all)).toBe(true);
      expect(before).toBeLessThanOrEqual(all.length);
      expect(ahead.clear()).toBe(0);
    }),
  );
});

test("many small pieces take few places", () => {
  const ahead = new BodyAhead();
  const one = Buffer.from("x");
  for (let count = 0; count < 100_000; count += 1) ahead.push(one, 0, 1);
  let places = 0;
  while (!ahead.isEmpty) {
    ahead.shift();
    places += 1;
  }
  expect(places).toBeLessThan(30);
  ahead.push(one, 0, 1);
  ahead.push(one, 0, 1);
  expect(ahead.clear()).toBe(2);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HostRouter, OperationRouter, normalisePath } from "./index.ts";

/** Few names, so that paths, hosts and templates meet often. */
const name = fc.constantFrom("a", "b", "ab", "a.b", "A");
const pathOf = (parts: readonly string[]) => `/${parts.join("/")}`;

describe("normalisePath beside a path walked step by step", () => {
  const part = fc.constantFrom("a", "%61", "", ".", "..", "%2e", "%2E%2e", ".%2e", "a%2fb", "...", ".a", "%41;b");
  const paths = fc.array(part, { minLength: 1, maxLength: 8 }).map(pathOf);

  function walked(path: string): string {
    const parts = path.split("/").slice(1);
    let place: string[] = [];
    let inFolder = false;
    for (const one of parts) {
      const decoded = one
        .replaceAll(/%2e/gi, ".")
        .replaceAll("%61", "a")
        .replaceAll("%41", "A")
        .replaceAll("%2f", "%2F");
      inFolder = decoded === "" || decoded === "." || decoded === "..";
      if (decoded === "..") place = place.slice(0, -1);
      else if (!inFolder) place = [...place, decoded];
    }
    return place.length === 0 ? "/" : `/${place.join("/")}${inFolder ? "/" : ""}`;
  }

  test("the same path comes out", () => {
    fc.assert(
      fc.property(paths, (path) => {
        expect(normalisePath(path)).toBe(walked(path));
      }),
    );
  });

  test("once is enough, and what comes out holds nothing that another reader could still resolve", () => {
    const anything = fc.oneof(
      paths,
      fc.string({ unit: fc.constantFrom("/", ".", "%", "2", "e", "E", "f", "F", "5", "c", "0", ";", "a", "\\", "#") }),
    );
    fc.assert(
      fc.property(
        anything.map((text) => `/${text}`),
        (path) => {
          const once = normalisePath(path);
          if (once === undefined) return;
          expect(normalisePath(once)).toBe(once);
          const read = once.replace(/%2e/gi, ".").replace(/%2f|%5c/gi, "/");
          for (const segment of read.split("/").slice(1)) expect(segment.split(";")[0]).not.toMatch(/^\.\.?$/);
          expect(once).not.toMatch(
            /\/\/|\\|#|%00|%(?![0-9A-F]{2})|%(?:[46][1-9A-F]|[57][0-9A]|3[0-9A]|2[147-9ACDE]|40|5F|7E)/,
          );
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ...["/a/..%2fb", "/a/..%2F..%2Fb", "/a/%2e%2e%2fb", "/a%2f..%2fb", "/a%2f..", "/..%5cb", "/a%5c..%5cb", "/.%2fa"],
    ...["/a/..;/b", "/a/..;x=y/b", "/a/%2e%2e;/b", "/.;/a", "/a%2f..;b", "/%00", "/a%00b", "/%", "/%2", "/%zz", "/a%2"],
    ...["/%c0%af", "/%C0%AE%C0%AE/", "/%c1%9c", "/%e0%80%af", "/%f0%80%80%af", "/a\\b", "/a#b"],
  ])("%s is not served", (path) => expect(normalisePath(path)).toBeUndefined());

  test.each([
    "/a%2Fb",
    "/a%5Cb",
    "/...",
    "/..a",
    "/a..",
    "/.a%2Fb",
    "/%E2%82%AC",
    "/%C3%BC",
    "/a;b=c",
    "/.well-known;a",
    "/%25",
  ])("%s is served as it is", (path) => expect(normalisePath(path)).toBe(path));
});

describe("HostRouter beside a list that is looked through", () => {
  const host = fc
    .array(fc.constantFrom("a", "b", "com"), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("."));
  const listenHost = fc.option(
    fc.oneof(
      host,
      host.map((text) => `*.${text}`),
    ),
    { nil: undefined },
  );
  const listenPath = fc.array(name, { maxLength: 3 }).map(pathOf);
  const places = fc.array(fc.record({ host: listenHost, path: listenPath }), { maxLength: 12 });
  type Place = typeof places extends fc.Arbitrary<(infer P)[]> ? P : never;

  const covers = (listen: string, path: string) => listen === "/" || path === listen || path.startsWith(`${listen}/`);
  /** Exact hosts first, then the longest wildcard, then any; within a host the longest path. */
  function rank({ host: listen, path }: Place, asked: string): [number, number] | undefined {
    if (listen === undefined) return [0, path.length];
    if (listen === asked) return [1_000, path.length];
    return listen.startsWith("*.") && asked.endsWith(listen.slice(1)) ? [listen.length, path.length] : undefined;
  }

  test("the same place is found", () => {
    fc.assert(
      fc.property(places, host, fc.array(name, { maxLength: 4 }), fc.boolean(), (all, asked, parts, slash) => {
        const router = new HostRouter<number>();
        const kept = all.filter((place, index) => router.add(place.host, place.path, index) === undefined);
        const path = pathOf(parts) + (slash && parts.length > 0 ? "/" : "");
        const ranked = kept
          .filter((place) => covers(place.path, path))
          .flatMap((place) => [{ place, rank: rank(place, asked) }])
          .filter(({ rank: one }) => one !== undefined)
          .toSorted((a, b) => b.rank![0] - a.rank![0] || b.rank![1] - a.rank![1]);
        const found = router.find(`${asked.toUpperCase()}:8080`, path);
        expect(found && all[found.value]).toEqual(ranked[0]?.place);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("OperationRouter beside a list that is looked through", () => {
  const segment = fc.oneof(name, fc.constantFrom("{x}", "{y}", "{x}.b", "a{x}", "{x}b{y}"));
  const operations = fc.array(
    fc.record({ method: fc.constantFrom("GET", "HEAD", "POST"), parts: fc.array(segment, { maxLength: 3 }) }),
    { maxLength: 10 },
  );
  const shapeOf = (part: string) => part.replace(/\{\w+\}/g, "{}");
  const patternOf = (part: string) =>
    new RegExp(
      `^${part
        .split(/\{\w+\}/)
        .map((text) => text.replaceAll(".", "\\."))
        .join("(.+?)")}$`,
    );

  test("the same operation is found, and the same methods are named for a known path", () => {
    fc.assert(
      fc.property(
        operations,
        fc.constantFrom("GET", "HEAD", "POST"),
        fc.array(name, { maxLength: 3 }),
        (all, method, parts) => {
          const router = new OperationRouter<number>();
          for (const [index, operation] of all.entries()) router.add(operation.method, pathOf(operation.parts), index);
          const shapes = all.map((operation) => operation.parts.map(shapeOf));
          const firstWith = (prefix: readonly string[]) =>
            shapes.findIndex((shape) => prefix.every((one, at) => shape[at] === one) && shape.length >= prefix.length);
          /** At the first difference a concrete segment wins, then the template that the document names first. */
          const compare = (a: number, b: number): number => {
            const at = shapes[a]!.findIndex((one, index) => one !== shapes[b]![index]);
            if (at === -1) return a - b;
            const [left, right] = [shapes[a]!, shapes[b]!];
            const concrete = Number(!right[at]!.includes("{}")) - Number(!left[at]!.includes("{}"));
            return concrete || firstWith(left.slice(0, at + 1)) - firstWith(right.slice(0, at + 1));
          };
          const fitting = all
            .map((_operation, index) => index)
            .filter((index) => {
              const own = all[index]!.parts;
              return own.length === parts.length && own.every((one, at) => patternOf(one).test(parts[at]!));
            })
            .toSorted(compare);
          const sameShape = (index: number) =>
            all.map((_one, at) => at).filter((at) => pathOf(shapes[at]!) === pathOf(shapes[index]!));
          const withMethod = (index: number, wanted: string) =>
            sameShape(index).find((at) => all[at]!.method === wanted);
          const value = fitting
            .map((index) => withMethod(index, method) ?? (method === "HEAD" ? withMethod(index, "GET") : undefined))
            .find((index) => index !== undefined);
          const expected =
            value !== undefined
              ? { kind: "found", value }
              : fitting.length > 0
                ? { kind: "known", allow: [...new Set(sameShape(fitting[0]!).map((at) => all[at]!.method))] }
                : { kind: "none" };
          expect(router.find(method, pathOf(parts))).toEqual(expected);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

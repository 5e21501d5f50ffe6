import fc from "fast-check";
import { expect, test } from "vitest";
import { recording, type Recording } from "#contracts/api/recording.ts";
import { BodyTape } from "./body-tape.ts";
import { Redactor } from "./redactor.ts";
import { writtenBody } from "./written-body.ts";

const OWN = "shoe size";
/** Nothing else of what is generated holds this. */
const SECRET = "S3CR3T";
const wanted = recording.parse({ redact: { headers: ["X-Person"], query: ["email"], members: [OWN] } }) as Recording;
const auth = { anyOf: [{ key: { header: "X-Shop", query: "k" } }, { jwt: { cookie: "seat" } }] };
const redactor = new Redactor(auth, wanted.redact);
const none: ReadonlySet<string> = new Set();

const NAMES = ["password", "secret", "token", "access_token", "refresh_token", "client_secret", "api_key", OWN];

/** A name as a client may write it: other case, other joints. */
const spelling = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom("_", "-", ""), fc.array(fc.boolean(), { minLength: 20 }))
  .map(([name, joint, upper]) =>
    name
      .replaceAll("_", joint)
      .split("")
      .map((letter, at) => (upper[at] ? letter.toUpperCase() : letter))
      .join(""),
  );
/** Some letters of a text as escapes, each form of which a reader takes back. */
const escaped = (text: string, mask: readonly boolean[], form: (code: number) => string) =>
  text
    .split("")
    .map((letter, at) => (mask[at] ? form(letter.charCodeAt(0)) : letter))
    .join("");
const unit = (code: number) => `\\u${code.toString(16).padStart(4, "0")}`;
const percent = (code: number) => `%${code.toString(16).padStart(2, "0")}`;
const mask = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 });
const space = fc.constantFrom("", " ", "\n\t ", "   ");
const filler = fc.string({ maxLength: 30 }).filter((text) => !text.includes(SECRET));

/** A document in JSON with the secret in a named member, somewhere. */
const document = fc
  .record({ name: spelling, mask, space, depth: fc.nat(6), filler, inString: fc.boolean(), kind: fc.nat(2) })
  .map(({ name, mask: letters, space: gap, depth, filler: other, inString, kind }) => {
    const before = `${gap}${JSON.stringify(`x${other}`)}:1,${gap}`;
    const values = [`"${SECRET}"`, `{"any":["${SECRET}"]}`];
    const form = `"form":${JSON.stringify(`a=1\n${name}=${SECRET}`)}`;
    const member = kind < 2 ? `"${escaped(name, letters, unit)}"${gap}:${gap}${values[kind]}` : form;
    let text = `{${before}${member}}`;
    for (let level = 0; level < depth; level += 1) text = level % 2 ? `[1,${gap}${text}]` : `{"in":${text}}`;
    return inString ? JSON.stringify({ payload: text }) : text;
  });

function lineOf(text: string, type: string, capBytes = 65_536): string {
  const tape = new BodyTape(capBytes);
  tape.begun = true;
  // In pieces, as it comes.
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) tape.take(bytes.subarray(at, at + 7));
  return JSON.stringify(writtenBody(tape, { type, encoding: undefined }, redactor));
}

test("a secret in a named member of JSON is not written, at any depth and however its name is spelled", () => {
  fc.assert(
    fc.property(document, fc.constantFrom("application/json", "text/plain", "application/x+json"), (text, type) => {
      expect(() => JSON.parse(text) as unknown).not.toThrow();
      expect(lineOf(text, type)).not.toContain(SECRET);
    }),
    { numRuns: 500 },
  );
});

test("nor where the body is cut before its end, wherever that is", () => {
  fc.assert(
    fc.property(document, fc.nat(300), fc.constantFrom("application/json", "text/plain"), (text, cap, type) => {
      expect(lineOf(text, type, cap + 1)).not.toContain(SECRET);
    }),
    { numRuns: 1_000 },
  );
});

test("nor in a form, whole or cut, with names in brackets and with JSON in its values", () => {
  const form = fc
    .record({ name: spelling, mask, filler, bracket: fc.boolean(), document, nested: fc.boolean() })
    .map(({ name, mask: letters, filler: other, bracket, document: json, nested }) => {
      const written = escaped(name.replaceAll(" ", "+"), letters, percent);
      const pair = nested
        ? `data=${encodeURIComponent(json)}`
        : `${bracket ? `user[${written}]` : written}=${SECRET}%21&b=2`;
      return `${encodeURIComponent(`x${other}`)}=1&${pair}`;
    });
  fc.assert(
    fc.property(form, fc.nat(400), (text, cap) => {
      expect(lineOf(text, "application/x-www-form-urlencoded", cap + 1)).not.toContain(SECRET);
    }),
    { numRuns: 1_000 },
  );
});

test("what is not named stays, so that a recording is of use", () => {
  expect(
    JSON.parse(lineOf('{"id":7,"note":"the password is wrong","card":{"Api-Key":1}}', "application/json")),
  ).toEqual({
    type: "application/json",
    bytes: 60,
    json: { id: 7, note: "the password is wrong", card: { "Api-Key": "[redacted]" } },
  });
  expect(
    JSON.parse(lineOf("a=1&user[password]=2&c", "application/x-www-form-urlencoded; charset=utf-8")),
  ).toMatchObject({ form: "a=1&user[password]=[redacted]&c", cut: false });
  expect(JSON.parse(lineOf('{"items":["one","two"', "application/json", 16))).toMatchObject({
    text: '{"items":["one",',
    cut: true,
  });
});

test("headers, parameters and members that carry this API's credentials are not written, nor those that it names", () => {
  const headers = [
    ...["Authorization", "Bearer S3CR3T", "cookie", "a=S3CR3T", "X-SHOP", "S3CR3T", "X-Auth-Token", "S3CR3T"],
    ...["X-Person", "S3CR3T", "X-Forwarded-For", "S3CR3T", "Accept", "a", "accept", "b"],
    ...["Referer", "https://a.test/?k=S3CR3T&page=2", "Location", "/cb#code=S3CR3T"],
    ...["Set-Cookie", "S3CR3T", "Proxy-Authorization", "S3CR3T", "X-API-Key", "S3CR3T"],
  ];
  const written = redactor.headers(headers, new Set(["x-forwarded-for"]));
  expect(JSON.stringify(written)).not.toContain(SECRET);
  expect(written).toMatchObject({ accept: "a, b", referer: "https://a.test/?k=[redacted]&page=2" });
  expect(redactor.headers(["X-Forwarded-For", "192.0.2.1"], none)).toEqual({ "x-forwarded-for": "192.0.2.1" });
  expect(redactor.query("?K=1&e%6Dail=x&access_token=3&page=2&q=%7B%22token%22%3A1%7D")).toBe(
    "?K=[redacted]&e%6Dail=[redacted]&access_token=[redacted]&page=2&q=[redacted]",
  );
  // A service that answers with what it was sent.
  const echo = redactor.json({
    headers: { authorization: SECRET, "x-shop": SECRET, seat: SECRET },
    args: { k: SECRET },
  });
  expect(JSON.stringify(echo)).not.toContain(SECRET);
});

test.each([
  ["compressed", { type: "application/json", encoding: "gzip" }, "it is compressed"],
  ["of another type", { type: "image/png", encoding: undefined }, "its type is neither JSON, a form nor text"],
  ["XML", { type: "text/xml", encoding: undefined }, "its type is neither JSON, a form nor text"],
  [
    "in other letters",
    { type: "text/plain; charset=utf-16", encoding: undefined },
    "its character set is not read here",
  ],
])("a body that is %s is told by its length and type", (_what, fields, omitted) => {
  const tape = new BodyTape(100);
  tape.begun = true;
  tape.take(Buffer.from("body"));
  const type = fields.type.split(";")[0];
  expect(writtenBody(tape, fields, redactor)).toEqual({ type, bytes: 4, omitted });
});

test("JSON that is too deep to be walked ends where it is", () => {
  const deep = `${"[".repeat(20_000)}"S3CR3T"${"]".repeat(20_000)}`;
  expect(lineOf(deep, "application/json")).toContain("[too deep]");
});

import { describe, expect, it } from "vitest";
import { keyInput, keyView, type KeyBody } from "#contracts/plane/entities.ts";
import { bodyOf, choicesOf, valuesOf } from "./key-form-values.ts";
import { readMetadata } from "./metadata-lines.ts";

const policy = "pol_0000000000000000000000000a";

/** What the control plane answers for a key with this body. */
const viewOf = (body: KeyBody) => {
  const { rate = null, quota = null, spikeArrest = null, throttle = null, ...rest } = body;
  const at = "2026-01-01T00:00:00.000Z";
  const meta = { id: "key_0000000000000000000000000a", hint: "cwy_key_3f9k", version: 1, createdAt: at, updatedAt: at };
  const policies = body.policies.map((id) => ({ id, name: "Gold" }));
  return keyView.parse({ ...rest, policies, rate, quota, spikeArrest, throttle, ...meta });
};

describe("the key's form", () => {
  it.each([
    [{}],
    [{ state: "inactive", policies: [policy], tags: ["gold", "eu"], rate: "10/30s", quota: "1000000/30d" }],
    [{ spikeArrest: { rate: "10/s", burst: 3 }, throttle: { queue: 7, waitUpTo: "2s" } }],
    [{ expiresAt: "2027-03-04T05:06:07.890Z", boundCertificate: `sha256:${"ab".repeat(32)}` }],
    [{ metadata: { plan: "gold", query: "a=b&c=d" } }],
    [{ metadata: { note: "two\nlines" } }],
    [{ metadata: { "a=b": "c" } }],
    [{ apis: { orders: { operations: ["getOrder"], paths: [{ path: "/files/{rest*}" }], rate: "5/s" } } }],
  ])("opening and saving without a change changes nothing: %j", (given) => {
    const before = keyInput.parse({ name: "Acme", ...given });
    const view = viewOf(before);
    expect(keyInput.parse(bodyOf(valuesOf(view), choicesOf(view), view))).toEqual(before);
    // Every member that a key has is in its view: a new one that is forgotten there fails here.
    expect(Object.keys(keyView.shape)).toEqual(expect.arrayContaining(Object.keys(keyInput.shape)));
  });

  it("a moment that is taken out is no expiry, and one that is given is in this place's time", () => {
    const view = viewOf(keyInput.parse({ name: "Acme", expiresAt: "2027-03-04T05:06:07Z" }));
    const saved = (expires: string) => bodyOf({ ...valuesOf(view), expires }, choicesOf(view), view).expiresAt;
    expect(saved("")).toBeNull();
    expect(saved("2027-03-04T00:00")).toBe(new Date(2027, 2, 4).toISOString());
  });
});

it("metadata is a name and a value a line; a value may hold equals signs", () => {
  expect(readMetadata(" plan = gold \n\nquery=a=b\nflag")).toEqual({ plan: "gold", query: "a=b", flag: "" });
});

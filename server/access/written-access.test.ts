import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  keyInput,
  keyView,
  policyInput,
  policyView,
  type KeyBody,
  type PolicyBody,
} from "#contracts/plane/entities.ts";
import { keyMembers, policyMembers, withWrittenKey, withWrittenPolicy } from "./written-access.ts";

const at = "2026-01-01T00:00:00.000Z";
const meta = { version: 1, createdAt: at, updatedAt: at };
const [policyId, keyId] = ["pol_0000000000000000000000000a", "key_0000000000000000000000000a"];

/** A view says null for a limit that is not set. */
const withNulls = ({ rate, quota, spikeArrest, throttle }: PolicyBody | KeyBody) => ({
  rate: rate ?? null,
  quota: quota ?? null,
  spikeArrest: spikeArrest ?? null,
  throttle: throttle ?? null,
});

/** What the control plane answers for a policy, and for a key, with this body. */
const policyOf = (body: PolicyBody) =>
  policyView.parse({ ...body, ...withNulls(body), id: policyId, keyCount: 0, ...meta });
const keyOf = (body: KeyBody) => {
  const policies = body.policies.map((id) => ({ id, name: "Gold" }));
  return keyView.parse({ ...body, policies, ...withNulls(body), id: keyId, hint: "cwy_key_3f9k…", ...meta });
};

const limits = { rate: "100/s", quota: "1000000/30d", spikeArrest: "20/s", throttle: { waitUpTo: "2s" } };
const grant = { operations: ["getOrder"], paths: [{ methods: ["GET"], path: "/orders/{id}" }], rate: "5/s" };

describe("a policy as text", () => {
  test.each<[what: string, written: object]>([
    ["the least", { name: "Gold" }],
    ["one API", { name: "Gold", apis: ["orders"] }],
    ["several APIs", { name: "Gold", apis: ["orders", "stock"] }],
    ["a finer grant", { name: "Gold", apis: { orders: grant, stock: {} } }],
    ["limits alone", { name: "Gold", partitions: ["rate", "quota"], scope: "policy", ...limits, tags: ["eu", "gold"] }],
    ["a policy that is off", { name: "Gold", state: "inactive" }],
  ])("has the form in which people write it: %s", (_what, written) => {
    const before = policyInput.parse(written);
    const { written: text } = withWrittenPolicy(policyOf(before));
    expect(parse(text)).toEqual(written);
    expect(policyInput.parse(parse(text))).toEqual(before);
  });
});

describe("a key as text", () => {
  test.each<[what: string, written: object]>([
    ["a policy's holder", { name: "Acme", policies: [policyId] }],
    ["APIs of its own", { name: "Acme", apis: { orders: grant } }],
    [
      "everything",
      {
        name: "Acme",
        state: "inactive",
        policies: [policyId],
        apis: ["orders"],
        ...limits,
        expiresAt: at,
        tags: ["eu", "gold"],
        metadata: { plan: "gold" },
        boundCertificate: `sha256:${"ab".repeat(32)}`,
      },
    ],
  ])("has the form in which people write it: %s", (_what, written) => {
    const before = keyInput.parse(written);
    const { written: text } = withWrittenKey(keyOf(before));
    expect(keyInput.parse(parse(text))).toEqual(before);
    expect(parse(text)).toEqual(written);
  });

  test("does not say that it was revoked: that is no member", () => {
    const key = { ...keyOf(keyInput.parse({ name: "Acme", apis: ["orders"] })), state: "revoked" as const };
    expect(parse(withWrittenKey(key).written)).toEqual({ name: "Acme", apis: ["orders"] });
  });
});

test.each([
  ["a policy", policyMembers, policyInput, "apis.<name>.paths[].methods"],
  ["a key", keyMembers, keyInput, "apis.<name>.operations"],
])("every member of %s is told with its meaning", (_what, members, { shape }, deep) => {
  const paths = members().map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining([...Object.keys(shape), deep]));
  expect(new Set(paths).size).toBe(paths.length);
});

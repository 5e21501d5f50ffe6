import { describe, expect, it } from "vitest";
import { policyInput, policyView, type PolicyBody } from "#contracts/plane/entities.ts";
import { bodyOf, choicesOf, valuesOf } from "./policy-form-values.ts";

/** What the control plane answers for a policy with this body. */
const viewOf = (body: PolicyBody) => {
  const { rate = null, quota = null, spikeArrest = null, throttle = null, ...rest } = body;
  const at = "2026-01-01T00:00:00.000Z";
  const id = "pol_0000000000000000000000000a";
  const meta = { id, keyCount: 0, version: 1, createdAt: at, updatedAt: at };
  return policyView.parse({ ...rest, rate, quota, spikeArrest, throttle, ...meta });
};

describe("the policy's form", () => {
  it.each([
    [{}],
    [{ state: "inactive", tags: ["gold", "eu"], rate: "10/30s", quota: "1000000/30d" }],
    [{ partitions: ["rate", "quota"], scope: "policy", rate: "5/s" }],
    [{ spikeArrest: { rate: "10/s", burst: 3 }, throttle: { queue: 7, waitUpTo: "2s" } }],
    [
      {
        apis: {
          orders: {
            operations: ["getOrder"],
            paths: [{ methods: ["GET"], path: "/orders/{id}" }, { path: "/files/{rest*}" }],
            rate: "5/s",
            quota: "100/d",
          },
        },
      },
    ],
  ])("opening and saving without a change changes nothing: %j", (given) => {
    const before = policyInput.parse({ name: "Gold", ...given });
    const view = viewOf(before);
    expect(policyInput.parse(bodyOf(valuesOf(view), choicesOf(view), view))).toEqual(before);
    // Every member that a policy has is in its view: a new one that is forgotten there fails here.
    expect(Object.keys(policyView.shape)).toEqual(expect.arrayContaining(Object.keys(policyInput.shape)));
  });

  it("an emptied rate is taken off, and an API that is ticked anew is opened whole", () => {
    const view = viewOf(
      policyInput.parse({ name: "Gold", rate: "5/s", scope: "policy", apis: { a: { rate: "1/s" } } }),
    );
    const body = policyInput.parse(bodyOf({ ...valuesOf(view), rate: " " }, { ...choicesOf(view), apis: ["b"] }, view));
    expect(body).toMatchObject({ scope: "policy", apis: { b: {} } });
    expect([body.rate, Object.keys(body.apis)]).toEqual([undefined, ["b"]]);
  });

  it("gives the parts that are ticked, in their own order", () => {
    const chosen = { partitions: ["quota", "access"], apis: [] };
    expect(bodyOf(valuesOf(undefined), chosen, undefined).partitions).toEqual(["access", "quota"]);
  });
});

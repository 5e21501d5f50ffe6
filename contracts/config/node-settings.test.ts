import { describe, expect, test } from "vitest";
import { gatewaySettingsInput } from "../plane/gateway-settings.ts";
import { fieldsOf, descriptionOf } from "../walk-schema.ts";
import { gatewaySettings } from "./file.ts";
import { joinSettings, nodeSettings, writtenSettings } from "./node-settings.ts";

const read = (value: object) => nodeSettings.parse(value);
const pem = (id: string, more: object = {}) => ({
  id,
  certificate: `file:///${id}.pem`,
  key: `file:///${id}.key`,
  ...more,
});

const large = Array.from({ length: 5 }, (_, n) => [String(500 + n), { text: "x".repeat(60_000) }] as const);

describe("settings as they were written", () => {
  test("hold nothing that nobody wrote, and what was written in full", () => {
    const { settings } = read({ settings: { listeners: [{ port: 8_443 }] } });
    expect(settings).toEqual({ listeners: [{ host: "0.0.0.0", port: 8_443, proxyProtocol: false }] });
    expect(read({})).toEqual({ settings: {}, certificates: [] });
  });

  test("are read again as what they were", () => {
    const settings = {
      limiter: "exact",
      headers: { response: { set: { "X-Sea": "calm" } } },
      errors: { "*": { text: "no" } },
    };
    const once = read({ settings, certificates: [pem("shop")] });
    expect(read(once)).toEqual(once);
  });

  test("have every member of a gateway's settings, each with its meaning", () => {
    expect(Object.keys(writtenSettings.shape).toSorted()).toEqual(Object.keys(gatewaySettings.shape).toSorted());
    const top = fieldsOf(writtenSettings).filter(({ path }) => path.length === 1);
    expect(top.filter(({ schema }) => !descriptionOf(schema))).toEqual([]);
  });
});

describe("settings of two places", () => {
  test("are joined member by member, each whole: the nearer goes before", () => {
    const near = read({ settings: { headers: { response: { set: { "X-Near": "1" } } } } });
    const far = read({ settings: { limiter: "exact", headers: { request: { set: { "X-Far": "1" } } } } });
    expect(joinSettings(near, far).settings).toEqual({ limiter: "exact", headers: near.settings.headers });
  });

  test("have all certificates, each id once, and one default at most", () => {
    const near = read({ certificates: [pem("shop", { hosts: ["near.test"], default: true })] });
    const far = read({ certificates: [pem("shop"), pem("spare", { default: true })] });
    const { certificates } = joinSettings(near, far);
    expect(certificates.map(({ id, hosts, default: standing }) => [id, hosts, standing])).toEqual([
      ["shop", ["near.test"], true],
      ["spare", undefined, false],
    ]);
  });
});

describe("what a control plane keeps", () => {
  test.each([
    ["a count of nodes, which it knows better", { settings: { nodes: 3 } }, "settings"],
    ["a certificate twice", { certificates: [pem("shop"), pem("shop")] }, "certificates.1.id"],
    ["more than a revision should carry", { settings: { errors: Object.fromEntries(large) } }, ""],
  ])("is not %s", (_what, input, path) => {
    const { error } = gatewaySettingsInput.safeParse(input);
    expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});

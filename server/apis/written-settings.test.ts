import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { settingsOfApi, writtenSettings } from "./written-settings.ts";

const read = (settings: object) => settingsOfApi.parse(settings);
const least = { name: "Orders", listen: "/orders", upstream: "http://a.test" };

/** What people write, in the order and the form in which it is given back. */
const written: [what: string, settings: object][] = [
  ["the least", least],
  ["no authentication", { ...least, auth: "none" }],
  ["limits", { ...least, rate: "10/30s", quota: "1000000/30d", spikeArrest: "5/s", throttle: { waitUpTo: "2s" } }],
  ["one way in", { ...least, auth: { jwt: { issuer: "https://id.test", audience: "orders" } } }],
  ["several ways in", { ...least, auth: { anyOf: [{ basic: {} }, { key: { header: "X-Key" } }] } }],
  ["a host", { ...least, listen: { host: "api.test", path: "/orders", strip: false } }],
  [
    "an upstream at length",
    {
      ...least,
      upstream: {
        targets: [{ url: "http://a.test", weight: 3 }, { url: "http://b.test" }],
        timeouts: { connectMs: "250ms" },
        retry: { attempts: 0 },
      },
    },
  ],
  ["policies", { ...least, ip: { deny: ["10.0.0.0/8"] }, cors: { origins: ["https://a.test"], maxAge: "1h" } }],
  [
    "versions",
    {
      ...least,
      versioning: {
        by: { header: "X-Version" },
        default: "v2",
        versions: {
          v1: { state: "deprecated", deprecatedAt: "2026-01-01T00:00:00Z", upstream: "http://old.test", rate: "1/s" },
          v2: { auth: "none", openapi: { openapi: "3.1.0", info: { "x-list": [5_000] } } },
        },
      },
    },
  ],
  ["operations", { ...least, operations: { getOrder: { rate: "5/s", block: true } } }],
];

describe("settings as text", () => {
  test.each(written)("are read as what they were: %s", (_what, settings) => {
    expect(read(parse(writtenSettings(read(settings))) as object)).toEqual(read(settings));
  });

  test.each(written.filter(([what]) => !/several|length/.test(what)))(
    "have the form in which people write them: %s",
    (_what, settings) => {
      expect(parse(writtenSettings(read(settings)))).toEqual(settings);
    },
  );

  test("say nothing that a default says, in the schema's order", () => {
    const { name, ...others } = read({ ...least, rate: "60/m" });
    expect(writtenSettings({ ...others, name })).toBe(
      "name: Orders\nlisten: /orders\nupstream: http://a.test\nrate: 60/m\n",
    );
  });

  test("of a control plane that knows more than this console are written as they came", () => {
    const newer = { ...read(least), tides: { high: true } };
    expect(parse(writtenSettings(newer))).toEqual(newer);
  });
});

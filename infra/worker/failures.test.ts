import { describe, expect, it } from "vitest";
import { regionErrorCodes, RegionError } from "#infra/local/errors.ts";
import { failed, failureOf, failureOfEngine } from "./failures.ts";

describe("failures of runs", () => {
  it("the engine's own words become a code, a sentence and a remedy", () => {
    const texts: [string, string][] = [
      ["error: getting secrets manager: passphrase: incorrect passphrase", "wrong_passphrase"],
      ["spawn /opt/engine/bin/pulumi ENOENT", "engine_missing"],
      ["error: write /var/state-1-1/.pulumi/x.json: no space left on device", "disk_full"],
      ["error: the stack is currently locked by 1 lock(s).", "state_locked"],
      ["causeway[port_in_use] Port 4101 is taken by another program.", "port_in_use"],
      ["something that nobody has seen yet", "provisioning_failed"],
    ];
    for (const [text, code] of texts) {
      const { failure } = failureOfEngine(text);
      expect([text, failure.code]).toEqual([text, code]);
      expect(failure.remedy).toMatch(/\.$/);
    }
  });

  it("a failure shows no stack trace, and neither the engine's command line nor its output twice", () => {
    const text = "error: it broke\n    at create (/srv/provider.ts:3:1)\ncode: -2\n stdout: error: it broke\n";
    expect(failureOfEngine(text).failure.message).toBe("Provisioning failed. error: it broke");
  });

  it("what the region says keeps its code on its way through the provider and the engine", () => {
    const known = regionErrorCodes.filter((code) => !["invalid", "not_found", "internal"].includes(code));
    for (const code of known) {
      expect(failureOf(new RegionError(code, "Why.")).code).toBe(code);
      expect(failureOfEngine(`error: causeway[${code}] Why.`).failure.code).toBe(code);
    }
    expect(failureOf(new RegionError("internal", "Why."))).toMatchObject({ code: "provisioning_failed" });
  });

  it("only a run that another worker has taken over may not be tried again", () => {
    expect(failed("stale_epoch").failure.retryable).toBe(false);
    expect(failed("disk_full").failure.retryable).toBe(true);
  });
});

import { generateKeyPairSync } from "node:crypto";
import { expect, describe, test } from "vitest";
import { FakeClock } from "#base/clock.ts";
import { IssuerKeys } from "./issuer-keys.ts";
import type { Outbound } from "./outbound.ts";

const jwkOf = (kid: string) => ({
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" }),
  kid,
});
const [one, two, three] = [jwkOf("one"), jwkOf("two"), jwkOf("three")];
const minutes = (count: number) => count * 60_000;

/** An issuer whose set tests change, and that tests cut off. */
function issuerOf(...keys: object[]) {
  const clock = new FakeClock();
  const state = { keys, down: false, asked: 0 };
  const outbound: Outbound = {
    async fetchJson() {
      state.asked += 1;
      if (state.down) throw new Error("down");
      return { keys: state.keys };
    },
    close: () => {},
  };
  let versions = 0;
  const source = new IssuerKeys({
    address: { jwks: "http://issuer.test/jwks" },
    staleForMs: minutes(60),
    rotationOverlapMs: minutes(10),
    outbound,
    clock,
    nextVersion: () => (versions += 1),
  });
  const find = (kid: string) => source.find(kid, "ES256", clock.now());
  return { clock, state, source, find };
}

describe("the keys of an issuer", () => {
  test("are asked for once, however many wait", async () => {
    const { find, state } = issuerOf(one);
    const found = await Promise.all(Array.from({ length: 20 }, async () => find("one")));
    expect(found.every((keys) => keys.length === 1)).toBe(true);
    expect(state.asked).toBe(1);
    expect(await find("one")).toHaveLength(1);
    expect(state.asked).toBe(1);
  });

  test("a key that is new is found at once, and the one before verifies until the overlap is over", async () => {
    const { find, state, clock, source } = issuerOf(one);
    await find("one");
    const before = source.version(clock.now());
    state.keys = [two];
    expect(await find("two")).toHaveLength(1);
    expect(source.version(clock.now())).not.toBe(before);
    expect(await find("one")).toHaveLength(1);
    clock.advance(minutes(10));
    expect(await find("one")).toHaveLength(0);
  });

  test("made-up key ids ask a few times and then once in ten seconds; meanwhile nothing is said of a token", async () => {
    const { find, state, clock } = issuerOf(one);
    await find("one");
    for (let index = 0; index < 4; index += 1) expect(await find(`made-up-${index}`)).toEqual([]);
    expect(await find("made-up-5")).toBe("issuer_busy");
    expect(state.asked).toBe(5);
    // What was looked for in vain a moment ago is known to be missing, without a further question.
    expect(await find("made-up-1")).toEqual([]);
    clock.advance(10_000);
    state.keys = [one, three];
    expect(await find("three")).toHaveLength(1);
    expect(state.asked).toBe(6);
  });

  test("a key id that was guessed before it was published is found once it is", async () => {
    const { find, state, clock } = issuerOf(one);
    await find("one");
    expect(await find("two")).toEqual([]);
    state.keys = [one, two];
    clock.advance(10_000);
    expect(await find("two")).toHaveLength(1);
  });

  test("serve for staleFor while the issuer is down, then nothing is known until it is back", async () => {
    const { find, state, clock, source } = issuerOf(one);
    await find("one");
    state.down = true;
    clock.advance(minutes(64));
    expect(await find("one")).toHaveLength(1);
    expect(source.version(clock.now())).not.toBeNull();
    clock.advance(minutes(2));
    expect(source.version(clock.now())).toBeNull();
    expect(await find("one")).toBe("issuer_unreachable");
    state.down = false;
    clock.advance(1_000);
    expect(await find("one")).toHaveLength(1);
  });

  test("an issuer that is down is asked once a second at most, and nobody waits for it meanwhile", async () => {
    const { find, state, clock } = issuerOf(one);
    state.down = true;
    for (let index = 0; index < 10; index += 1) expect(await find(`key-${index}`)).toBe("issuer_unreachable");
    expect(state.asked).toBe(1);
    clock.advance(1_000);
    expect(await find("one")).toBe("issuer_unreachable");
    expect(state.asked).toBe(2);
  });

  test("are refreshed on the side past five minutes, so that a key which was taken back ends", async () => {
    const { find, state, clock } = issuerOf(one, two);
    await find("one");
    state.keys = [one];
    clock.advance(minutes(5));
    expect(await find("two")).toHaveLength(1);
    await expect.poll(() => state.asked).toBe(2);
    clock.advance(minutes(10));
    expect(await find("two")).toHaveLength(0);
  });
});

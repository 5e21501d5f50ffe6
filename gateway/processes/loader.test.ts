import { beforeEach, expect, test } from "vitest";
import { apiSettings } from "#contracts/api/definition.ts";
import { resolveApi, type ResolvedApi } from "#contracts/api/resolved.ts";
import { gatewaySettings, type GatewaySettings } from "#contracts/config/file.ts";
import { systemClock } from "#base/clock.ts";
import { prepare, type Configuration, type Prepared } from "#gateway/config/index.ts";
import { Identities, noOutbound } from "#gateway/identity/index.ts";
import { LimitBook, LocalAuthority } from "#gateway/limit/index.ts";
import { processSecrets } from "#gateway/secrets/index.ts";
import { SessionBook } from "#gateway/session/index.ts";
import { TargetBook, parseRanges, unopenedPool } from "#gateway/upstream/index.ts";
import { Loader } from "./loader.ts";
import { proofDeps } from "./proof-deps.ts";

const COUNT = 300;
const settings = gatewaySettings.parse({});

function apiOf(index: number, more: object = {}): ResolvedApi {
  const written = { id: `api-${index}`, listen: `/api-${index}`, upstream: "http://127.0.0.1:9001", ...more };
  return JSON.parse(JSON.stringify(resolveApi(apiSettings.parse(written)).api)) as ResolvedApi;
}

/** Ids of the APIs that were compiled, each as often as it was: a plan cannot be made without asking who balances it. */
let compiled: string[];
beforeEach(() => {
  compiled = [];
});

class CountingBook extends TargetBook {
  override balancerFor(...args: Parameters<TargetBook["balancerFor"]>) {
    compiled.push(args[0].id);
    return super.balancerFor(...args);
  }
}

function loaderOf(): (changed: ResolvedApi[], order: string[], own?: GatewaySettings) => ReturnType<Loader["load"]> {
  const limits = new LimitBook({
    authority: new LocalAuthority({ clock: systemClock, holders: () => 1 }),
    clock: systemClock,
  });
  const sessions = new SessionBook({ limits, lookup: () => Promise.resolve({ at: "unknown" }) });
  const targets = new CountingBook({
    clock: systemClock,
    random: Math.random,
    addressOf: () => "",
    poolFor: () => unopenedPool,
    release: () => {},
  });
  const outside = {
    outbound: noOutbound,
    secrets: processSecrets,
    clock: systemClock,
    trustedProxies: parseRanges([]),
  };
  const loader = new Loader(limits, sessions, targets, new Identities(outside), processSecrets, {
    stepFor: () => undefined,
  });
  return (changed, order, own = settings) =>
    loader.load({ type: "configure", seq: 1, order, changed, policies: [], certificates: [], settings: own });
}

test("a worker compiles the API that changed and no other", () => {
  const load = loaderOf();
  const apis = Array.from({ length: COUNT }, (_, index) => apiOf(index));
  const order = apis.map(({ id }) => id);
  load(apis, order);
  expect(compiled).toEqual(order);
  compiled = [];
  const { routes } = load([apiOf(7, { rate: "5/s" })], order);
  expect(compiled).toEqual(["api-7"]);
  expect(routes.byId.get("api-7")!.definition.rate).toEqual({ limit: 5, windowMs: 1_000 });
  compiled = [];
  load([], order.slice(1));
  expect(compiled).toEqual([]);
  load([], order.slice(1), { ...settings, maxRequestBodyBytes: 1 });
  expect(compiled).toHaveLength(COUNT - 1);
});

test("the primary proves the API that changed and no other, whether its source remembers objects or brings texts", () => {
  const apis = Array.from({ length: COUNT }, (_, index) => apiOf(index));
  const configuration = (list: readonly unknown[]): Configuration => {
    return {
      revision: 1,
      hash: "",
      apis: list,
      policies: [],
      keys: [],
      certificates: [],
      settings,
      onBadApi: "refuse",
    };
  };
  const prove = (list: readonly unknown[], before?: Prepared) => {
    const deps = proofDeps({ settings });
    const balancerFor: typeof deps.balancerFor = (...args) => {
      compiled.push(args[0].id);
      return deps.balancerFor(...args);
    };
    compiled = [];
    return prepare(configuration(list), before, { ...deps, balancerFor });
  };
  const first = prove(apis);
  expect(compiled).toHaveLength(COUNT);
  const changed = apis.map((one, index) => (index === 7 ? apiOf(7, { rate: "5/s" }) : one));
  const second = prove(changed, first);
  expect(compiled).toEqual(["api-7"]);
  const third = prove(structuredClone(changed), second);
  expect(compiled).toEqual([]);
  // The same objects go on, which is how a worker is sent only what is new to it.
  expect(third.parsed.apis.every((one, index) => one === second.parsed.apis[index])).toBe(true);
});

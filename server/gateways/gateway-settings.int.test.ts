import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { bootWorld, type World } from "../testkit/world.ts";

let world: World;
beforeAll(async () => {
  world = await bootWorld();
});
afterAll(() => world.console.stop());

const owner = () => world.own.tenant.people.owner.caller;
const place = () => ({ org: world.own.tenant.slug, environment: world.own.environment });

test("nothing is written where nothing is set; what is set comes back as people write it, and is taken again as it came", async () => {
  expect(await owner().gateway.settings(place())).toMatchObject({ version: 0, written: "" });
  const text = "settings:\n  listeners:\n    - port: 8443\n      tls: {}\n";
  const saved = await owner().gateway.updateSettings({ ...place(), version: 0, settings: parse(text) as Members });
  expect(saved).toMatchObject({ version: 1, written: text });
  const again = await owner().gateway.updateSettings({ ...place(), version: 1, settings: parse(text) as Members });
  expect(again).toMatchObject({ version: 2, written: text });
});

test("a cluster has its own, and one of another environment is not found", async () => {
  const cluster = world.own.hybrid;
  const settings = { settings: { limiter: "exact" } };
  await owner().gateway.updateSettings({ ...place(), cluster, version: 0, settings });
  expect(await owner().gateway.settings({ ...place(), cluster })).toMatchObject({ settings: { limiter: "exact" } });
  expect((await owner().gateway.settings(place())).settings).not.toHaveProperty("limiter");
  const [region] = world.deps.regions;
  const made = await owner().environment.create({ org: place().org, name: "Elsewhere", homeRegion: region!.id });
  const elsewhere = { org: place().org, environment: made.environment, cluster };
  await expect(owner().gateway.settings(elsewhere)).rejects.toMatchObject({ code: "NOT_FOUND" });
  const change = { ...elsewhere, version: 1, settings };
  await expect(owner().gateway.updateSettings(change)).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("the audit calls a cluster by its name", async () => {
  const { items } = await owner().audit.list(place());
  const entry = items.find(({ target }) => target.id === world.own.hybrid);
  expect(entry).toMatchObject({ action: "gatewaySettings.update", diff: { limiter: { after: "exact" } } });
  expect(entry!.target.name).toMatch(/^of (?!dep_)/);
});

test("every member is told with its meaning", async () => {
  const members = await owner().gateway.settingsMembers({ org: place().org });
  expect(members.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["settings.maxConnections", "settings.listeners[].tls.minVersion", "certificates[].key"]),
  );
});

type Members = Record<string, unknown>;

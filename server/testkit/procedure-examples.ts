import { moveRun } from "./work-run.ts";
import { tokenFromLetter } from "./letters.ts";
import { freshEmail, PASSWORD, signUpPerson, type Caller } from "./tenants.ts";
import { apiFields, enrol, type World } from "./world.ts";

type Members = Record<string, unknown>;

/** A right call of one procedure, and what the walking test must know to judge it. */
export interface Example {
  /** The input, less `org`. Makes first what the call uses up. */
  input?: (world: World) => Members | Promise<Members>;
  /** Why success leaves no entry in an audit chain. */
  unaudited?: string;
  /** Called by a person of its own: the call ends their sessions. */
  ownPerson?: true;
}

const here = ({ own }: World) => ({ environment: own.environment });
const ownerOf = ({ own }: World): Caller => own.tenant.people.owner.caller;
const placeOf = ({ own }: World) => ({ org: own.tenant.slug, environment: own.environment });
const hybridOf = (world: World) => ({ ...here(world), cluster: world.own.hybrid });

let made = 0;
/** A name that nothing else of the world has. */
const fresh = (name: string): string => `${name} ${(made += 1)}`;

const someApi = (world: World) => ownerOf(world).api.create({ ...placeOf(world), ...apiFields(fresh("Orders")) });
const somePolicy = (world: World) =>
  ownerOf(world).policy.create({ ...placeOf(world), settings: { name: fresh("Silver") } });
const someKey = (world: World) =>
  ownerOf(world).key.create({
    ...placeOf(world),
    settings: { name: fresh("Spare"), policies: [world.own.policy] },
  });
const someRun = async (world: World) => {
  const region = world.deps.regions[1]!.id;
  return (await ownerOf(world).cluster.createCloud({ ...placeOf(world), name: fresh("Edge"), region })).run;
};

const person = "is a person's own affair and no organisation's";
const document = `
openapi: 3.1.0
info: { title: Tides, version: "1" }
servers: [{ url: "http://203.0.113.7:8000" }]
paths: { /tides: { get: { operationId: listTides, responses: { "200": { description: ok } } } } }
`;

/** One entry a procedure, by its path; the walking test fails for a procedure without one. */
export const examples: Record<string, Example> = {
  "analytics.report": { input: (world) => ({ ...here(world), range: "15m" }) },

  "api.list": { input: here },
  "api.get": { input: (world) => ({ ...here(world), api: world.own.api }) },
  "api.settingsMembers": {},
  "api.preview": { input: (world) => ({ ...here(world), document }), unaudited: "saves nothing" },
  "api.create": { input: (world) => ({ ...here(world), document, listenPath: `/${fresh("t").replace(" ", "")}` }) },
  "api.update": {
    input: async (world) => ({
      ...here(world),
      api: (await someApi(world)).id,
      version: 1,
      settings: { name: fresh("Renamed"), listen: `/${fresh("r").replace(" ", "")}`, upstream: "http://203.0.113.9" },
    }),
  },
  "api.delete": { input: async (world) => ({ ...here(world), api: (await someApi(world)).id }) },

  "apiToken.list": {},
  "apiToken.create": { input: () => ({ name: "Pipeline", role: "developer", expiresInDays: 30 }) },
  "apiToken.revoke": {
    input: async (world) => {
      const { id } = await ownerOf(world).apiToken.create({ org: placeOf(world).org, name: "Spare", role: "viewer" });
      return { token: id };
    },
  },

  "audit.list": { input: here },
  "audit.verify": {},

  "auth.signUp": {
    input: () => ({ email: freshEmail("new"), password: PASSWORD, organisation: "Newcomers" }),
    unaudited: "is the first entry of a new organisation's own chain",
  },
  "auth.requestReset": { input: ({ own }) => ({ email: own.tenant.people.viewer.email }), unaudited: person },
  "auth.reset": {
    input: async ({ deps }) => {
      const { person: someone } = await signUpPerson(deps, "Forgetful");
      await someone.caller.auth.requestReset({ email: someone.email });
      return { token: await tokenFromLetter(deps, someone.email, "Reset your password"), password: PASSWORD };
    },
    unaudited: person,
  },
  "auth.verifyEmail": {
    input: async ({ deps }) => {
      const { person: someone } = await signUpPerson(deps, "Careful");
      return { token: await tokenFromLetter(deps, someone.email, "Verify your e-mail address") };
    },
    unaudited: person,
  },
  "auth.resendVerification": { unaudited: person },
  "auth.me": {},
  "auth.reauthenticate": { input: () => ({ password: PASSWORD }), unaudited: person },
  "auth.signOutEverywhere": { unaudited: person, ownPerson: true },

  "cluster.get": { input: hybridOf },
  "cluster.createCloud": {
    input: (world) => ({ ...here(world), name: fresh("Cloud"), region: world.deps.regions[2]!.id, nodes: 2 }),
  },
  "cluster.createHybrid": { input: (world) => ({ ...here(world), name: fresh("Attic"), tags: ["internal"] }) },
  "cluster.destroy": {
    input: async (world) => {
      const name = fresh("Doomed");
      const { cluster } = await ownerOf(world).cluster.createHybrid({ ...placeOf(world), name });
      return { ...here(world), cluster, confirm: name };
    },
  },
  "cluster.retireNode": {
    input: async (world) => ({
      ...hybridOf(world),
      node: (await enrol(world.deps, world.own.enrolment.token)).node,
    }),
  },

  "enrolment.list": { input: hybridOf },
  "enrolment.create": { input: (world) => ({ ...hybridOf(world), name: "More nodes", maxUses: 3 }) },
  "enrolment.revoke": {
    input: async (world) => {
      const place = { ...placeOf(world), cluster: world.own.hybrid };
      return { ...hybridOf(world), token: (await ownerOf(world).enrolment.create(place)).id };
    },
  },

  "environment.list": {},
  "environment.get": { input: here },
  "environment.create": {
    input: (world) => ({ name: fresh("Staging"), kind: "staging", homeRegion: world.deps.regions[0]!.id }),
  },
  "environment.destroy": {
    input: async (world) => {
      const name = fresh("Doomed place");
      const homeRegion = world.deps.regions[0]!.id;
      const { environment } = await ownerOf(world).environment.create({ org: placeOf(world).org, name, homeRegion });
      return { environment, confirm: name };
    },
  },

  "gateway.settings": { input: hybridOf },
  "gateway.settingsMembers": {},
  "gateway.updateSettings": {
    input: async (world) => {
      const { version } = await ownerOf(world).gateway.settings({ ...placeOf(world), cluster: world.own.hybrid });
      return { ...hybridOf(world), version, settings: { settings: { maxConnections: 1_000 } } };
    },
  },

  "key.list": { input: here },
  "key.get": { input: async (world) => ({ ...here(world), key: (await someKey(world)).id }) },
  "key.settingsMembers": {},
  "key.create": {
    input: (world) => ({ ...here(world), settings: { name: fresh("Key"), policies: [world.own.policy] } }),
  },
  "key.update": {
    input: async (world) => ({
      ...here(world),
      key: (await someKey(world)).id,
      version: 1,
      settings: { name: fresh("Slower"), policies: [world.own.policy], rate: "5/s" },
    }),
  },
  "key.revoke": { input: async (world) => ({ ...here(world), key: (await someKey(world)).id }) },

  "member.list": {},
  "organisation.get": {},

  "policy.list": { input: here },
  "policy.get": { input: (world) => ({ ...here(world), policy: world.own.policy }) },
  "policy.settingsMembers": {},
  "policy.create": {
    input: (world) => ({
      ...here(world),
      settings: { name: fresh("Bronze"), apis: [world.own.api], rate: "5/s" },
    }),
  },
  "policy.update": {
    input: async (world) => ({
      ...here(world),
      policy: (await somePolicy(world)).id,
      version: 1,
      settings: { name: fresh("Changed") },
    }),
  },
  "policy.delete": { input: async (world) => ({ ...here(world), policy: (await somePolicy(world)).id }) },

  "region.list": {},
  "region.estimate": { input: ({ deps }) => ({ region: deps.regions[0]!.id, nodes: 2 }) },

  "revision.list": { input: here },

  "run.list": { input: here },
  "run.get": { input: ({ own }) => ({ run: own.run }) },
  "run.cancel": { input: async (world) => ({ run: await someRun(world) }) },
  "run.retry": {
    input: async (world) => {
      const run = await someRun(world);
      await moveRun(world.deps, run, "failed");
      return { run };
    },
  },
  "run.events": {
    input: async (world) => {
      const run = await someRun(world);
      await moveRun(world.deps, run, "leased");
      return { run };
    },
  },
};

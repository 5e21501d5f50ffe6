/**
 * "Who may import whom" of docs/ARCHITECTURE.md, for dependency-cruiser. `tools/check/boundaries.mjs` runs it and proves
 * each time that it looked at the code and that it still finds violations.
 */

const rooms = "app|server|controlplane|gateway|infra|contracts|base|drizzle|portal|cli|e2e|bench|tools";
/** Tests, and what only tests use. */
const tests = String.raw`\.test\.tsx?$|/testkit/|^infra/fixtures/|^tools/testing/`;

/** A room, and the places outside of it that its code may import. */
const mayImport = {
  drizzle: ["contracts/"],
  gateway: ["contracts/", "base/"],
  controlplane: ["contracts/", "base/", "drizzle/controlplane/", "drizzle/migrate.ts"],
  infra: ["contracts/", "base/", "drizzle/console/"],
  server: ["contracts/", "base/", "drizzle/console/"],
  app: ["contracts/", "server/trpc/", "server/auth/"],
  portal: ["contracts/", "base/"],
  cli: ["contracts/", "base/"],
  // Beyond the table: both wait, and hold processes on a leash, with the same words as everyone.
  e2e: ["contracts/", "base/", "tools/"],
  bench: ["contracts/", "base/", "tools/"],
};

/** Next takes two parts of the console from where its routes lie: the REST edge and the letters of a set-up without mail. */
const appRoutes = [
  { name: "rest-route-imports", from: "^app/api/v1/", to: "server/rest/handle.ts" },
  { name: "outbox-page-imports", from: "^app/outbox/page", to: "server/outbox/index.ts" },
];

const outside = (places) => places.map((place) => `^${place.replaceAll(".", String.raw`\.`)}`);

const roomRules = Object.entries(mayImport).flatMap(([room, places]) => [
  {
    name: `${room}-imports`,
    comment: `${room} may import ${places.join(", ")}`,
    severity: "error",
    from: { path: `^${room}/`, pathNot: [tests, ...appRoutes.map(({ from }) => from)] },
    to: { path: `^(${rooms})/`, pathNot: outside([`${room}/`, ...places]) },
  },
  {
    name: `${room}-tests-import`,
    comment: `${room}'s tests may also import tools/testing and migrations`,
    severity: "error",
    from: { path: `^${room}/.*(${tests})` },
    to: { path: `^(${rooms})/`, pathNot: outside([`${room}/`, ...places, "tools/testing/", "drizzle/migrate.ts"]) },
  },
]);

const routeRules = appRoutes.map(({ name, from, to }) => ({
  name,
  comment: `${from} may also import ${to}`,
  severity: "error",
  from: { path: from },
  to: { path: `^(${rooms})/`, pathNot: outside(["app/", ...mayImport.app, to]) },
}));

/** Rooms that agree on words must not drag anything along: every import counts, Node's own and npm's too. */
const foundationRules = [
  {
    name: "contracts-imports",
    comment: "contracts may import zod only",
    severity: "error",
    from: { path: "^contracts/", pathNot: tests },
    to: { pathNot: ["^contracts/", "^node_modules/zod/"] },
  },
  {
    name: "base-imports",
    comment: "base may import Node, pino and prom-client",
    severity: "error",
    from: { path: "^base/", pathNot: tests },
    to: { dependencyTypesNot: ["core"], pathNot: ["^base/", "^node_modules/(pino|prom-client)/"] },
  },
];

const insideRules = [
  {
    name: "client-files-take-types-only",
    comment: "only routes, pages and layouts run on the server; other files of app may know the server's types",
    severity: "error",
    from: { path: "^app/", pathNot: String.raw`/(page|layout|route)\.tsx?$` },
    to: { path: "^server/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "services-do-not-know-their-edges",
    comment: "router → service → repo, never back",
    severity: "error",
    from: { path: "^server/[^/]+/", pathNot: [tests, "^server/(trpc|rest)/"] },
    to: { path: "^server/(trpc|rest)/" },
  },
  {
    name: "gateway-domains-through-their-index",
    comment: "pipeline/exchange.ts and reply.ts are the words that the pipeline and upstream share",
    severity: "error",
    from: { path: "^gateway/([^/]+)/", pathNot: tests },
    to: {
      path: "^gateway/[^/]+/",
      pathNot: [
        "^gateway/$1/",
        String.raw`^gateway/[^/]+/index\.ts$`,
        String.raw`^gateway/pipeline/(exchange|reply)\.ts$`,
      ],
    },
  },
  {
    name: "plugins-do-not-know-each-other",
    severity: "error",
    from: { path: "^gateway/plugins/([^/]+)/" },
    to: { path: "^gateway/plugins/", pathNot: "^gateway/plugins/$1/" },
  },
  {
    name: "plugins-are-known-to-their-index-alone",
    severity: "error",
    from: { path: "^gateway/", pathNot: ["^gateway/plugins/", tests] },
    to: { path: "^gateway/plugins/", pathNot: String.raw`^gateway/plugins/index\.ts$` },
  },
  {
    name: "nothing-runs-test-code",
    severity: "error",
    from: { pathNot: tests },
    to: { path: tests, pathNot: "^tools/testing/" },
  },
];

const packageRules = [
  {
    name: "the-gateway-ships-alone",
    severity: "error",
    from: { path: "^gateway/" },
    to: { path: "^node_modules/(next|react|react-dom|drizzle-orm|pg|pg-boss|fastify|@pulumi|@trpc)/" },
  },
  {
    name: "the-console-never-loads-pulumi",
    severity: "error",
    from: { path: "^(app|server)/" },
    to: { path: "^node_modules/@pulumi/" },
  },
  {
    name: "resolved",
    comment: "an import that was not found was not checked",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];

const cycleRules = [
  {
    name: "no-cycles",
    severity: "error",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "no-cycles-of-types",
    comment:
      "an exchange and its plan point at each other, hence not in the pipeline; such imports are gone at run time",
    severity: "error",
    from: { pathNot: "^gateway/(pipeline|upstream)/" },
    to: { circular: true },
  },
];

export default {
  forbidden: [...roomRules, ...routeRules, ...foundationRules, ...insideRules, ...packageRules, ...cycleRules],
  options: {
    doNotFollow: { path: "node_modules" },
    // Types count: a room that knows another's types depends on it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      mainFields: ["types", "module", "main"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  },
};

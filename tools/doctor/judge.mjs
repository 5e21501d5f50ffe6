import { canBuild, ENGINE_VERSION, isFitting } from "../engine/version.mjs";
import { OLDEST_NODE } from "../setup/packages.mjs";

const OLDEST_SETUP_NODE = 20;
const NEEDED_BYTES = 1_000_000_000;

/** One finding a thing: there, needed and missing, or absent and good for one job only. */
export function judge(facts) {
  return [
    judgeNode(facts),
    judgePackages(facts),
    judgePinnedNode(facts),
    judgeRedis(facts),
    judgePostgres(facts.postgres),
    judgeAccount(facts.postgres),
    judgeEngine(facts),
    judgePort(facts.port),
    judgeDisk(facts),
    optional("Go", facts.go, "builds the Pulumi engine where Pulumi's installer cannot be reached"),
    optional("Chromium", facts.chromium, "end-to-end tests need it; npm test installs it where it may"),
    optional("nginx", facts.nginx, "the gateway's benchmark compares with it"),
  ];
}

const ok = (what, says) => ({ what, state: "ok", says });
const missing = (what, says, remedy) => ({ what, state: "missing", says, remedy });
const optional = (what, found, use) =>
  found ? ok(what, found) : { what, state: "optional", says: "not there", remedy: use };
const majorOf = (version) => Number.parseInt(version.replace(/^v/, ""), 10);

function judgeNode({ node }) {
  if (majorOf(node) >= OLDEST_SETUP_NODE) return ok("Node", node);
  return missing("Node", node, `install Node ${OLDEST_SETUP_NODE} or later`);
}

function judgePackages({ packages }) {
  if (packages) return ok("npm packages", "as locked");
  return missing("npm packages", "absent, or not as locked", "npm start and npm test install them, as npm ci does");
}

function judgePinnedNode({ pinnedNode, node, platform }) {
  if (pinnedNode) return ok("pinned Node", pinnedNode);
  if (majorOf(node) >= OLDEST_NODE) return ok("pinned Node", `none; ${node} is new enough`);
  return missing(
    "pinned Node",
    `none for ${platform}`,
    "npm ci brings it for Linux and Apple silicon; else install Node 26",
  );
}

function judgeRedis({ redis }) {
  if (redis) return ok("Redis", redis);
  return missing("Redis", "redis-server is not on PATH", "npm start installs it where it may; else install Redis");
}

function judgePostgres({ url, binaries }) {
  if (binaries) return ok("PostgreSQL", url ? "of npm's for tests; DATABASE_URL names another" : "of npm's");
  if (url) return ok("PostgreSQL", "DATABASE_URL names one; tests need npm's");
  return missing("PostgreSQL", "its binaries are not in node_modules", "npm ci brings them, or set DATABASE_URL");
}

/** PostgreSQL refuses to run as root, and is then started under an account of its own. */
function judgeAccount({ root, account, canMakeAccount }) {
  const what = "PostgreSQL account";
  if (!root) return ok(what, "not needed: this is not root");
  if (account) return ok(what, "postgres");
  if (canMakeAccount) return ok(what, "made at the first start");
  return missing(what, "root without an account postgres", "make one, or run as another user");
}

function judgeEngine({ engine, pulumiOnPath, installer, go }) {
  const what = "Pulumi engine";
  if (engine) return ok(what, engine);
  const way = isFitting(pulumiOnPath)
    ? "npm start takes the one on PATH"
    : installer
      ? "npm start gets it with Pulumi's installer"
      : canBuild(go)
        ? "npm start builds it with Go, in about three minutes"
        : `install Pulumi ${ENGINE_VERSION} or later, or Go 1.26 or later`;
  return missing(what, `${ENGINE_VERSION} is not there`, way);
}

function judgePort({ port, free, causeway }) {
  const what = `port ${port}`;
  if (free) return ok(what, `free; clusters take theirs from ${port + 100}–${port + 999}`);
  if (causeway) return ok(what, "Causeway runs there");
  if (!port) return missing(what, "CAUSEWAY_PORT is no port", "give a number, or leave it out");
  return missing(what, "taken by another program", `choose another: CAUSEWAY_PORT=${port + 1000} npm start`);
}

function judgeDisk({ freeBytes }) {
  const says = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  if (freeBytes >= NEEDED_BYTES) return ok("disk", says);
  return missing("disk", says, "free some: databases, builds and logs need 1 GB");
}

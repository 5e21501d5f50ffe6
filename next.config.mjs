/** The console. The worker drives Pulumi in its own process: nothing of it may be reachable from here. */

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or stateful packages stay ordinary Node modules instead of being bundled.
  serverExternalPackages: ["pg", "pg-boss", "pino", "ioredis", "undici"],
  // Past this size Next cuts a body off in silence (10 MB when unset); above our own cap of 12 MB, that one answers.
  experimental: { proxyClientMaxBodySize: "13mb" },
  // `npm run check` type-checks the whole tree once, this folder included; a build need not do it again.
  // Next rewrites the tsconfig that it is given; it gets one of its own, which already says what it asks for.
  typescript: { ignoreBuildErrors: true, tsconfigPath: "app/tsconfig.json" },
};

export default config;

import { defineConfig } from "vitest/config";

/** Unit and integration tests; `*.int.test.ts` get a real PostgreSQL and Redis from `tools/testing/services.ts`. */
export default defineConfig({
  test: {
    include: ["{base,contracts,gateway,controlplane,infra,server,app,drizzle,tools,bench}/**/*.test.{ts,tsx}"],
    exclude: ["**/node_modules/**", ".causeway/**", "dist/**"],
    globalSetup: ["tools/testing/services.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    retry: 0,
  },
});

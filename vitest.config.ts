import { defineConfig } from "vitest/config";

const rooms = "{base,contracts,gateway,controlplane,infra,server,app,drizzle,tools,bench}";
const integration = `${rooms}/**/*.int.test.{ts,tsx}`;
const outside = ["**/node_modules/**", ".causeway/**", ".next/**", "dist/**"];

/**
 * Unit tests need nothing that runs. `*.int.test.ts` get a real PostgreSQL and Redis, which start only when one of them
 * is among the files.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: [`${rooms}/**/*.test.{ts,tsx}`], exclude: [...outside, integration] },
      },
      {
        extends: true,
        test: { name: "int", include: [integration], exclude: outside, globalSetup: ["tools/testing/services.ts"] },
      },
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    retry: 0,
  },
});

import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./drizzle/console/schema.ts",
  out: "./drizzle/console/migrations",
});

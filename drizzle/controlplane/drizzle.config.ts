import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./drizzle/controlplane/schema.ts",
  out: "./drizzle/controlplane/migrations",
});

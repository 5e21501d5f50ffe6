import { defineConfig } from "@playwright/test";

/** A whole cloud from an empty state folder, driven in the system's Chromium. Zero retries: a flaky test is a broken one. */
export default defineConfig({
  testDir: "specs",
  globalSetup: "./fixtures/start-cloud.ts",
  outputDir: "../.causeway/test/e2e",
  timeout: 180_000,
  expect: { timeout: 15_000 },
  retries: 0,
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.CAUSEWAY_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});

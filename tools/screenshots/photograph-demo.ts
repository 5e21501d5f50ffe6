import type { Page } from "@playwright/test";
import { demoTenant, organisations, password } from "../seed/demo-tenant.ts";
import { SeedFailed } from "../seed/seed-failed.ts";
import { startUpstream } from "../seed/start-upstream.ts";
import type { Camera } from "./browser.ts";
import { startTraffic } from "./traffic.ts";

const email = "demo@causeway.example";

/** Home with its map, a cluster with its nodes, and analytics, while calls go through the demo's gateways. */
export async function photographDemo(camera: Camera): Promise<void> {
  await startUpstream(camera.consoleUrl);
  const page = await camera.visit(email, password);
  const home = page.url();
  await verifyAddress(page, camera.consoleUrl);
  await page.goto(home);
  await open(page, "Clusters");
  const traffic = startTraffic(await endpointsOn(page));
  try {
    await page.goto(home);
    // Nodes say every few seconds how much they do.
    await page.locator("path.animate-traffic").first().waitFor();
    await camera.take(page, "home");
    await open(page, "Clusters");
    await page.getByRole("link", { name: demoTenant.cloudCluster.name }).click();
    await page.locator("dt:has-text('Calls a second') + dd:not(:text-is('0'))").waitFor();
    await camera.take(page, "cluster");
    await traffic.enough;
    await open(page, "Analytics");
    const span = page.getByRole("link", { name: "15 minutes" });
    await span.click();
    await span.and(page.locator("[aria-current=true]")).waitFor();
    await page.getByRole("figure", { name: /Calls over time/ }).waitFor();
    await camera.take(page, "analytics");
  } finally {
    await traffic.stop();
  }
}

/** By the letter in the outbox, as its reader would; without it every page of the demo asks for that. */
async function verifyAddress(page: Page, consoleUrl: string): Promise<void> {
  if (!(await page.getByText("Verify your e-mail address").isVisible())) return;
  await page.goto(`${consoleUrl}/outbox`);
  const letter = page.getByRole("listitem").filter({ hasText: email }).filter({ hasText: "Verify" });
  await letter.getByRole("link").first().click();
  await page.getByRole("button", { name: "Verify address" }).click();
  await page.getByRole("heading", { name: "Your address is verified" }).waitFor();
}

/** A place of the demo's environment, from its organisation's home or from another place. */
async function open(page: Page, place: string): Promise<void> {
  const places = page.getByRole("navigation", { name: "Environment" });
  const row = page.getByRole("link", { name: demoTenant.environment.name, exact: true });
  await places.or(row).first().waitFor();
  if (!(await places.isVisible())) await row.click();
  await places.getByRole("link", { name: place }).click();
}

async function endpointsOn(page: Page): Promise<string[]> {
  const shown = page.getByRole("table", { name: "Gateway clusters" }).getByText(/^https?:\/\//);
  await shown.first().waitFor();
  const endpoints = await shown.allInnerTexts();
  if (endpoints.length > 1) return endpoints;
  throw new SeedFailed(`${organisations.demo} has no second cluster. Run npm run seed -- demo first.`);
}

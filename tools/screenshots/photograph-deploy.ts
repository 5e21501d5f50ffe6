import { z } from "zod";
import { environmentView } from "#contracts/console/views.ts";
import { pageOf } from "#contracts/problem.ts";
import { password } from "../seed/demo-tenant.ts";
import { demandConsole, openAccount } from "../seed/open-account.ts";
import { restClient, type RestClient } from "../seed/rest-client.ts";
import { waitForRun } from "../seed/wait-for-run.ts";
import type { Camera } from "./browser.ts";

const person = { email: "screenshots@causeway.example", password, organisation: "Harbour Works" };

/** The choice of a home region, and a stack on its way; the stack is taken down again. */
export async function photographDeploy(camera: Camera): Promise<void> {
  await demandConsole(camera.consoleUrl);
  const { org, apiToken } = await openAccount(camera.consoleUrl, person);
  const rest = restClient(camera.consoleUrl, apiToken);
  await destroyAll(rest);
  const page = await camera.visit(person.email, password);
  await page.goto(`${camera.consoleUrl}/${org}/new`);
  await page.getByLabel("Environment name").fill("Production");
  await page.getByLabel("Kind").selectOption("production");
  await page.getByRole("radio", { name: "Dublin" }).check();
  await page.getByText("Estimate a month").waitFor();
  await page.evaluate(() => window.scrollTo(0, 0));
  await camera.take(page, "region-picker");
  await page.getByRole("button", { name: "Deploy" }).click();
  await page.getByRole("log", { name: "Progress" }).getByText("Creating Service nodes").waitFor({ timeout: 60_000 });
  await camera.take(page, "run");
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor({ timeout: 60_000 });
  await destroyAll(rest);
}

/** Also what an earlier run that was interrupted left. */
async function destroyAll(rest: RestClient): Promise<void> {
  const { items } = await rest.get("/environments", pageOf(environmentView));
  for (const { slug, name } of items) {
    const path = `/environments/${slug}?confirm=${encodeURIComponent(name)}`;
    const { run } = await rest.delete(path, z.object({ run: z.string() }));
    await waitForRun(rest, run);
  }
}

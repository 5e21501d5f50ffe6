import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request as requestSecurely } from "node:https";
import { expect, test, type Page } from "@playwright/test";
import { z } from "zod";
import { waitUntil } from "#base/wait.ts";
import { environmentView } from "#contracts/console/views.ts";
import { ordersUrl } from "../fixtures/environment.ts";
import { runInstallCommand, type HybridGateway } from "../fixtures/hybrid-gateway.ts";
import { openApi } from "../fixtures/orders-service.ts";
import { inventoryOf } from "../fixtures/region.ts";
import { Console } from "../pages/console.ts";

const get = (url: string, key?: string) => fetch(url, key ? { headers: { authorization: `Bearer ${key}` } } : {});
const statusOf = async (url: string, key?: string) => (await get(url, key)).status;

/** Over TLS, with a certificate that is checked against `ca` alone. */
async function secureStatusOf(url: string, key: string, ca: string): Promise<number | undefined> {
  const request = requestSecurely(url, { ca, headers: { authorization: `Bearer ${key}` }, agent: false }).end();
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

test("the main job: from sign-up to a counted call and a hybrid gateway that joined by token", async ({ page }) => {
  const console = new Console(page);
  let hybrid: HybridGateway | undefined;
  let endpoint = "";
  let key = "";
  let remote = "";
  try {
    await test.step("1 sign up", () =>
      console.signUp({
        email: "ada@example.com",
        password: "correct horse battery",
        organisation: "Analytical Engines",
      }));

    const base = await test.step("2 pick a home region and watch the stack come up", () =>
      console.deployEnvironment("Production", "Dublin"));

    await test.step("3 add a managed cluster in another region", async () => {
      await page.getByRole("link", { name: "Add cluster" }).first().click();
      await page.getByRole("radiogroup", { name: "Kind" }).getByRole("radio", { name: "Cloud" }).check();
      await page.getByLabel("Name").fill("Asia");
      await page.getByRole("radiogroup", { name: "Region" }).getByRole("radio", { name: "Singapore" }).check();
      await page.getByRole("button", { name: "Deploy" }).click();
      await console.followRun("Live");
    });

    await test.step("4 create an API, a policy and a key", async () => {
      await console.visit(`${base}/apis`);
      await page.getByRole("link", { name: "New API" }).first().click();
      await page.getByLabel("OpenAPI document").fill(JSON.stringify(openApi(ordersUrl())));
      await expect(page.getByLabel("Listen path")).toHaveValue("/orders");
      await expect(page.getByLabel("Upstream URL")).toHaveValue(ordersUrl());
      await page.getByRole("button", { name: "Create API" }).click();
      await expect(page).toHaveURL(/\/apis\/api_/);

      await console.place("Policies").click();
      await page.getByRole("link", { name: "New policy" }).first().click();
      await page.getByLabel("Name").fill("Partners");
      await page.getByLabel("Rate").fill("50/s");
      await page.getByRole("checkbox", { name: "Orders" }).check();
      await page.getByRole("button", { name: "Create policy" }).click();
      await expect(page).toHaveURL(/\/policies(\/pol_.*)?$/);

      await console.place("Keys").click();
      await page.getByRole("link", { name: "New key" }).first().click();
      await page.getByLabel("Name").fill("Acme");
      await page.getByRole("checkbox", { name: "Partners" }).check();
      await page.getByRole("button", { name: "Create key" }).click();
      key = await console.copied("Your new key");
      expect(key).toMatch(/^cwy_key_/);
    });

    await test.step("5 call through both gateways; the calls show in analytics within seconds", async () => {
      await console.place("Clusters").click();
      [endpoint, remote] = await endpointsOf(console);
      await waitUntil(async () => (await statusOf(`${endpoint}/orders/orders/7`, key)) === 200, {
        what: "the key opens the API",
        timeoutMs: 5_000,
      });
      const answer = (await (await get(`${remote}/orders/orders/7?full=1`, key)).json()) as Record<string, unknown>;
      expect(answer).toMatchObject({ path: "/orders/7?full=1", headers: { "x-forwarded-proto": "http" } });
      expect(JSON.stringify(answer)).not.toContain(key);
      expect(await statusOf(`${endpoint}/orders/orders/7`)).toBe(401);
      expect(await statusOf(`${endpoint}/orders/orders/7`, `${key.slice(0, -1)}x`)).toBe(401);
      await console.place("Analytics").click();
      const row = page.getByRole("table", { name: "Calls by API" }).getByRole("row", { name: /Orders/ });
      await expect(row).toBeVisible({ timeout: 8_000 });
    });

    await test.step("6 a hybrid cluster: one command in another terminal", async () => {
      await console.place("Clusters").click();
      await page.getByRole("link", { name: "Add cluster" }).first().click();
      await page.getByRole("radiogroup", { name: "Kind" }).getByRole("radio", { name: "Hybrid" }).check();
      await page.getByLabel("Name").fill("Warehouse");
      await page.getByRole("button", { name: "Create cluster" }).click();
      hybrid = await runInstallCommand(await console.copied("Install command"));
      await expect(page.getByText(/is connected/)).toBeVisible({ timeout: 8_000 });
      await expect(page.getByText(/has applied revision \d+/)).toBeVisible();
      expect(await statusOf(`${hybrid.url}/orders/orders/7`, key)).toBe(200);
      expect(await secureStatusOf(`${hybrid.tlsUrl}/orders/orders/7`, key, hybrid.authority)).toBe(200);
    });

    await test.step("7 destroy the environment: nothing of it is left", async () => {
      const stacks = await stacksOf(page, base);
      for (const stack of stacks) expect((await inventoryOf(stack)).processes).not.toEqual([]);
      await console.visit(`${base}/settings`);
      await page.getByRole("button", { name: "Destroy environment" }).click();
      await page.getByLabel("Type Production to confirm").fill("Production");
      await page.getByRole("dialog").getByRole("button", { name: "Destroy environment" }).click();
      await console.followRun("Destroyed");
      await expect(page.getByRole("heading", { name: "Destroy Production" })).toBeVisible();
      for (const stack of stacks)
        expect(await inventoryOf(stack)).toEqual({ processes: [], ports: [], databases: [], files: [] });
    });
  } finally {
    await hybrid?.stop();
  }
});

/** Ids of the environment's deployments that have a stack: its control plane and its cloud clusters. */
async function stacksOf(page: Page, base: string): Promise<string[]> {
  const [, org, environment] = base.split("/");
  const input = encodeURIComponent(JSON.stringify({ org, environment }));
  const answer = await page.request.get(new URL(`/api/trpc/environment.get?input=${input}`, page.url()).href);
  const { result } = z.object({ result: z.object({ data: environmentView }) }).parse(await answer.json());
  const { controlPlane, clusters } = result.data;
  return [controlPlane, ...clusters].flatMap((one) => (one && one.kind !== "hybrid_cluster" ? [one.id] : []));
}

/** The addresses that the clusters' page gives out, home first. */
async function endpointsOf(console: Console): Promise<[string, string]> {
  const urls = console.page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/);
  await expect(urls).toHaveCount(2);
  const [home, remote] = await urls.allInnerTexts();
  return [home!.trim(), remote!.trim()];
}

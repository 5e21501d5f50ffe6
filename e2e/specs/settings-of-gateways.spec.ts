import { expect, test, type Page } from "@playwright/test";
import { waitUntil } from "#base/wait.ts";
import { consoleUrl } from "../fixtures/environment.ts";
import { Console } from "../pages/console.ts";
import { seed, type Seeded } from "../pages/seeded.ts";

let seeded: Seeded;
let cluster: { id: string; endpoint: string };
test.beforeAll(async () => {
  seeded = await seed("demo", "gateways@causeway.example");
  const { id, endpoint } = seeded.clusters.find((cluster) => cluster.endpoint !== null)!;
  cluster = { id, endpoint: endpoint! };
});

const placeOf = ({ org, environment }: Seeded) => `/${org}/${environment}`;
const editorOf = (page: Page) => page.getByRole("textbox", { name: "Gateway settings" });

const templateOf = (words: string) => `settings:\n  errors:\n    "404": { text: "${words}" }\n`;

/** No API listens there: the gateway answers by itself. */
const answers = (words: string) =>
  waitUntil(async () => (await (await fetch(`${cluster.endpoint}/nowhere`)).text()) === words, {
    what: `the gateway answers ${words}`,
    timeoutMs: 15_000,
  });

async function save(page: Page, text: string): Promise<void> {
  await editorOf(page).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
}

test("an error's look is set for all clusters and for one, is seen at a gateway, and a mistake is named on its line", async ({
  page,
}) => {
  const console = new Console(page);
  await console.signIn(seeded);
  await console.visit(`${placeOf(seeded)}/settings`);
  await page.getByRole("link", { name: "Gateways", exact: true }).click();
  await save(page, templateOf("lost").replace("errors", "erors"));
  const refusal = page.locator("main").getByRole("alert");
  await expect(refusal).toContainText("did you mean errors?");
  await expect(refusal.getByRole("button", { name: "Line 2" })).toBeVisible();
  await save(page, templateOf("lost at sea"));
  await expect(page.getByText("Saved and published.")).toBeVisible();
  await answers("lost at sea");

  await console.visit(`${placeOf(seeded)}/clusters/${cluster.id}`);
  await page.getByRole("link", { name: "Gateway settings" }).click();
  await save(page, templateOf("lost in this harbour"));
  await expect(page.getByText("Saved and published.")).toBeVisible();
  await answers("lost in this harbour");

  const { port } = new URL(consoleUrl());
  await save(page, `settings:\n  listeners:\n    - port: ${port}\n`);
  await expect(page.getByText(/goes on serving the one before. settings.listeners\[0\].port/).first()).toBeVisible();
  await answers("lost in this harbour");

  await save(page, "# nothing of its own");
  await answers("lost at sea");
  await expect(page.getByText("Not every node could carry out the newest revision")).toBeHidden();
});

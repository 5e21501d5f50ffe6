import { expect, test, type Page } from "@playwright/test";
import { waitUntil } from "#base/wait.ts";
import { Console } from "../pages/console.ts";
import { rest, seed, type Seeded } from "../pages/seeded.ts";

let seeded: Seeded;
let endpoint: string;
test.beforeAll(async () => {
  seeded = await seed("demo", "rights@causeway.example");
  endpoint = seeded.clusters.find((cluster) => cluster.endpoint !== null)!.endpoint!;
});

interface Made {
  id: string;
  secret: string;
}

const make = (what: "policies" | "keys", body: object) =>
  rest<Made>(seeded, `/environments/${seeded.environment}/${what}`, body);
const placeOf = ({ org, environment }: Seeded) => `/${org}/${environment}`;

const call = async ({ secret }: Made, path: string) =>
  (await fetch(`${endpoint}${path}`, { headers: { authorization: `Bearer ${secret}` } })).status;

const answers = (key: Made, path: string, status: number) =>
  waitUntil(async () => (await call(key, path)) === status, {
    what: `${path} answers ${status}`,
    timeoutMs: 15_000,
  });

const isSaved = (page: Page) => expect(page.getByText("Saved and published.")).toBeVisible();

test("a policy's text gives its keys single paths of an API: others are 403 at the gateway", async ({ page }) => {
  const policy = await make("policies", { name: "Readers", apis: [seeded.api] });
  const key = await make("keys", { name: "Reader", policies: [policy.id] });
  await answers(key, "/orders/orders/7", 200);
  expect(await call(key, "/orders/invoices/7")).toBe(200);

  const console = new Console(page);
  await console.signIn(seeded);
  await console.visit(`${placeOf(seeded)}/policies/${policy.id}`);
  await page.getByRole("link", { name: "Source", exact: true }).click();
  const editor = page.getByRole("textbox", { name: "Policy" });
  await expect(editor).toContainText("name: Readers");
  const granted = (member: string) =>
    `name: Readers\napis:\n  ${seeded.api}:\n    ${member}:\n      - { methods: [GET], path: "/orders/{id}" }\n`;
  await editor.fill(granted("path"));
  await page.getByRole("button", { name: "Save" }).click();
  const refusal = page.locator("main").getByRole("alert");
  await expect(refusal).toContainText("did you mean paths?");
  await expect(refusal.getByRole("button", { name: "Line 4" })).toBeVisible();

  await editor.fill(granted("paths"));
  await page.getByRole("button", { name: "Save" }).click();
  await isSaved(page);
  await answers(key, "/orders/invoices/7", 403);
  expect(await call(key, "/orders/orders/7")).toBe(200);

  await page.getByRole("link", { name: "Form", exact: true }).click();
  await expect(page.getByRole("group", { name: "APIs" })).toContainText("1 path");

  // Without its part that gives rights, nothing opens any more.
  await page.getByText("More", { exact: true }).click();
  await page.getByRole("checkbox", { name: "Access" }).uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await isSaved(page);
  await expect(page.getByRole("checkbox", { name: "Access" })).not.toBeChecked();
  await answers(key, "/orders/orders/7", 403);
});

test("a policy that somebody else saved meanwhile is shown beside what was typed, and either can be kept", async ({
  page,
}) => {
  const { id } = await make("policies", { name: "Shared", apis: [seeded.api] });
  const console = new Console(page);
  await console.signIn(seeded);
  await console.visit(`${placeOf(seeded)}/policies/${id}?view=source`);
  const editor = page.getByRole("textbox", { name: "Policy" });
  await expect(editor).toContainText("name: Shared");
  const path = `/environments/${seeded.environment}/policies/${id}`;
  const { version } = await rest<{ version: number }>(seeded, path);
  await rest(seeded, `${path}?version=${version}`, { name: "Theirs", apis: [seeded.api] }, "PUT");

  await editor.fill(`name: Mine\napis:\n  - ${seeded.api}\n`);
  await page.getByRole("button", { name: "Save" }).click();
  // The only one: what the control plane said of the conflict is not told beside it.
  await expect(page.locator("main").getByRole("alert")).toContainText("Saved by someone else meanwhile");
  await expect(editor).toContainText("name: Mine");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await isSaved(page);
  expect(await rest<{ name: string }>(seeded, path)).toMatchObject({ name: "Mine" });
});

test("a key's rate is lowered on its page: the next calls are 429, and a revoked key cannot be changed", async ({
  page,
}) => {
  const key = await make("keys", { name: "Hasty", apis: [seeded.api] });
  await answers(key, "/orders/orders/7", 200);

  const console = new Console(page);
  await console.signIn(seeded);
  await console.visit(`${placeOf(seeded)}/keys`);
  await page.getByRole("link", { name: "Hasty" }).click();
  await expect(page.getByRole("heading", { name: "Hasty" })).toBeVisible();
  await page.getByLabel("Rate").fill("1/h");
  await page.getByLabel("Metadata").fill("plan=gold");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved, and sent to every gateway.")).toBeVisible();
  await answers(key, "/orders/orders/7", 429);

  await page.getByRole("link", { name: "Source", exact: true }).click();
  const editor = page.getByRole("textbox", { name: "Key" });
  for (const member of ["rate: 1/h", "plan: gold"]) await expect(editor).toContainText(member);
  await editor.fill((await editor.innerText()).replace("rate: 1/h", "rate: 1000/s"));
  await page.getByRole("button", { name: "Save" }).click();
  await isSaved(page);
  await answers(key, "/orders/orders/7", 200);

  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(page.getByText("This key is revoked")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save" })).toBeHidden();
  await answers(key, "/orders/orders/7", 401);
});

test("a new key may have all that a key has: the rest is folded away until it is wanted", async ({ page }) => {
  const console = new Console(page);
  await console.signIn(seeded);
  await console.visit(`${placeOf(seeded)}/keys/new`);
  await page.getByLabel("Name").fill("Bound");
  await page.getByRole("checkbox", { name: "Orders" }).check();
  await expect(page.getByLabel("Bound certificate")).toBeHidden();
  await page.getByText("More", { exact: true }).click();
  await page.getByLabel("Bound certificate").fill("no fingerprint");
  await page.getByRole("button", { name: "Create key" }).click();
  await expect(page.getByText(/^Expected sha256: and 64 hex characters/)).toBeVisible();
  await page.getByLabel("Bound certificate").fill(Array.from({ length: 32 }, () => "AB").join(":"));
  await page.getByRole("button", { name: "Create key" }).click();
  const secret = await new Console(page).copied("Your new key");
  await answers({ id: "", secret }, "/orders/orders/7", 401);
});

test("a key is made as text, with no more than it shall open from its first moment", async ({ page }) => {
  const console = new Console(page);
  await console.signIn(seeded);
  await console.visit(`${placeOf(seeded)}/keys/new`);
  await page.getByRole("link", { name: "Source", exact: true }).click();
  const grant = `apis:\n  ${seeded.api}:\n    operations: [getOrder]\n`;
  await page.getByRole("textbox", { name: "Key" }).fill(`name: Narrow\n${grant}`);
  await page.getByRole("button", { name: "Save" }).click();
  const key = { id: "", secret: await new Console(page).copied("Your new key") };
  await answers(key, "/orders/orders/7", 200);
  expect(await call(key, "/orders/orders")).toBe(403);
});

import { AxeBuilder } from "@axe-core/playwright";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { waitUntil } from "#base/wait.ts";
import { consoleUrl } from "../fixtures/environment.ts";
import { Console } from "../pages/console.ts";
import { doors, environmentPages, organisationPages, thingPages, type PromisedPage } from "../pages/promised-names.ts";
import { rest, seed, type Seeded } from "../pages/seeded.ts";

let full: Seeded;
let bare: Seeded;

// A trace of two hundred looks at whole pages would cost more than the looks.
test.use({ trace: "off", contextOptions: { reducedMotion: "reduce" } });

test.beforeAll(async () => {
  [full, bare] = await Promise.all([
    seed("demo", "full@causeway.example"),
    seed("empty", "bare@causeway.example").then(withBareEnvironment),
  ]);
});

/** An environment in which nothing is configured yet; the worker that takes over after a failed test finds it there. */
async function withBareEnvironment(seeded: Seeded): Promise<Seeded> {
  const { items } = await rest<{ items: { slug: string }[] }>(seeded, "/environments");
  if (items[0]) return { ...seeded, environment: items[0].slug };
  const wanted = { name: "Staging", kind: "staging", homeRegion: "us-east-virginia" };
  const { slug, clusterRun } = await rest<{ slug: string; clusterRun: string }>(seeded, "/environments", wanted);
  const live = async () => (await rest<{ state: string }>(seeded, `/runs/${clusterRun}`)).state === "succeeded";
  await waitUntil(live, { what: "the bare environment is live", timeoutMs: 60_000, everyMs: 250 });
  return { ...seeded, environment: slug };
}

const placeOf = ({ org, environment }: Seeded) => `/${org}/${environment}`;

/** Forms that ask for the same whatever is there already are looked at once, in the full organisation. */
const looksBare = ({ path }: PromisedPage) => !/(settings|clusters\/new|apis\/new|policies\/new|runs)$/.test(path);

test("the doors keep their promises", ({ page }) => keepsPromises(page, doors));

test("a door that is not alive yet sends nothing, so that no password comes into an address", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${consoleUrl()}/sign-in`);
  await page.getByLabel("Email").fill(full.email);
  await page.getByLabel("Password").fill(full.password);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign in" }).click({ force: true });
  await expect(page.getByLabel("Password")).toHaveValue(full.password);
  expect(page.url()).toBe(`${consoleUrl()}/sign-in`);
  await context.close();
});

test("organisations, one empty and one full, keep their promises", async ({ browser }) => {
  // Side by side: most of the time goes into axe, which runs in each page's own process.
  const visit = async (seeded: Seeded, pages: PromisedPage[]) => {
    const context = await browser.newContext({ reducedMotion: "reduce" });
    const page = await context.newPage();
    await new Console(page).signIn(seeded);
    await keepsPromises(page, pages);
    await context.close();
  };
  const things = await thingPages(full);
  await Promise.all([
    visit(
      bare,
      [...organisationPages(bare.org, "Saltmarsh Supplies"), ...environmentPages(placeOf(bare))].filter(looksBare),
    ),
    visit(full, [...organisationPages(full.org, "Tidewater Trading"), ...environmentPages(placeOf(full)), ...things]),
  ]);
});

test("what opens over a page is as accessible as the page", async ({ page }) => {
  const console = new Console(page);
  await console.signIn(full);
  await console.visit(`${placeOf(full)}/settings`);
  const opened: [act: () => Promise<void>, shown: Locator][] = [
    [() => console.openPalette(), page.getByRole("dialog", { name: "Go to" })],
    [() => page.getByRole("button", { name: "Account" }).click(), page.getByRole("button", { name: "Sign out" })],
    [() => page.getByRole("button", { name: "Destroy environment" }).click(), page.getByRole("dialog")],
  ];
  for (const [act, shown] of opened) {
    await act();
    await expect(shown).toBeVisible();
    await expectNoViolation(page, "over the page");
    await page.keyboard.press("Escape");
    await expect(shown).toBeHidden();
  }
});

test("an address of nobody's, or of another tenant's, says so and leads home", async ({ page }) => {
  await new Console(page).signIn(bare);
  for (const path of ["/no-such-organisation", `/${full.org}`, `/${bare.org}/no-such-environment`]) {
    const answer = await page.goto(consoleUrl() + path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "Nothing stands here" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Go home" })).toBeVisible();
  }
});

test("a key is made with the keyboard alone", async ({ page }) => {
  const console = new Console(page);
  await console.signIn(full);
  await console.visit(placeOf(full));
  await expect(page.getByRole("heading", { name: "Production" })).toBeVisible();
  await console.openPalette();
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("new key");
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByLabel("Name"));
  await page.keyboard.type("Made by hand");
  await tabTo(page, page.getByRole("checkbox", { name: "Partners" }));
  await page.keyboard.press("Space");
  await tabTo(page, page.getByRole("button", { name: "Create key" }));
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Your new key")).toContainText(/^cwy_key_/);
  await tabTo(page, page.getByRole("link", { name: "Done" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row", { name: /Made by hand/ })).toBeVisible();
});

/** Presses Tab until it stands there; further than that nobody would go. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`60 presses of Tab did not reach ${target.toString()}`);
}

/** Names, accessibility in both themes, nothing wider than a small screen, and not one error in the browser's console. */
async function keepsPromises(page: Page, pages: PromisedPage[]): Promise<void> {
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(`${page.url()}: ${message.text()}`));
  page.on("pageerror", (error) => errors.push(`${page.url()}: ${error.message}`));
  for (const { path, names } of pages) {
    await page.goto(consoleUrl() + path);
    for (const [role, name] of names)
      await expect(page.getByRole(role, name === "" ? {} : { name }).first(), path).toBeVisible();
    await expect(page.locator("[aria-busy=true]"), path).toHaveCount(0);
    await expectNoViolation(page, path);
    await expectContrastAtNight(page, path);
    await expectNoSidewaysScroll(page, path);
  }
  expect(errors).toEqual([]);
}

/** There are no frames to gather findings from in a page of axe's own; and what is well need not be told. */
const axe = (page: Page) => new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] });

async function expectNoViolation(page: Page, where: string): Promise<void> {
  const { violations } = await axe(page).analyze();
  expect(violations.map(told), where).toEqual([]);
}

/** Of what axe looks for, colour alone differs between the themes. */
async function expectContrastAtNight(page: Page, where: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const { violations } = await axe(page).withRules("color-contrast").analyze();
  expect(violations.map(told), `${where} at night`).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
}

async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const wide = page.viewportSize()!;
  await page.setViewportSize({ width: 360, height: 740 });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(beyond, `${where} is wider than 360 px`).toBeLessThanOrEqual(0);
  await page.setViewportSize(wide);
}

type Violation = Awaited<ReturnType<AxeBuilder["analyze"]>>["violations"][number];

const told = ({ id, help, nodes }: Violation) =>
  `${id}: ${help}: ${nodes.map(({ target, any }) => `${target.join(" ")} ${any[0]?.message ?? ""}`).join(" | ")}`;

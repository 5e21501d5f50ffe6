import { stat } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { SeedFailed } from "../seed/seed-failed.ts";

/** A README is read over slow lines too. */
const MOST_BYTES = 200_000;

export interface Camera {
  consoleUrl: string;
  /** A page of a new visitor who has signed in. */
  visit(email: string, password: string): Promise<Page>;
  /** Writes `<name>.png` and says how large it is. */
  take(page: Page, name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openBrowser(consoleUrl: string, folder: string): Promise<Camera> {
  const browser = await chromium.launch({
    executablePath: process.env.CAUSEWAY_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const looks = { viewport: { width: 1440, height: 900 }, colorScheme: "light", timezoneId: "Europe/London" } as const;
  return {
    consoleUrl,
    visit: async (email, password) => {
      const page = await (await browser.newContext(looks)).newPage();
      await signIn(page, consoleUrl, { email, password });
      return page;
    },
    take: async (page, name) => {
      const path = join(folder, `${name}.png`);
      // Nothing of a hover or a focus that led here.
      await page.mouse.move(0, 0);
      await page.screenshot({ path });
      const { size } = await stat(path);
      console.log(`${name}.png  ${Math.round(size / 1_000)} kB`);
      if (size > MOST_BYTES)
        throw new SeedFailed(`${name}.png is larger than ${MOST_BYTES / 1_000} kB: show less on it.`);
    },
    close: () => browser.close(),
  };
}

async function signIn(page: Page, consoleUrl: string, person: { email: string; password: string }): Promise<void> {
  await page.goto(`${consoleUrl}/sign-in`);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  const home = page.getByRole("link", { name: "New environment" }).first();
  await home.or(page.locator("form").getByRole("alert")).first().waitFor();
  if (await home.isVisible()) return;
  throw new SeedFailed(`${person.email} cannot sign in at ${consoleUrl}. Run npm run seed -- demo first.`);
}

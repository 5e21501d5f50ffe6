import { expect, type Page } from "@playwright/test";
import { consoleUrl } from "../fixtures/environment.ts";

/** The console as a person uses it: by the names that the pages promise. */
export class Console {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async signUp(
    person: { email: string; password: string; organisation: string },
    url: string = consoleUrl(),
  ): Promise<void> {
    await this.page.goto(`${url}/sign-up`);
    await this.page.getByLabel("Email").fill(person.email);
    await this.page.getByLabel("Password").fill(person.password);
    await this.page.getByLabel("Organisation").fill(person.organisation);
    await this.page.getByRole("button", { name: "Create account" }).click();
    await expect(this.page.getByRole("heading", { name: person.organisation })).toBeVisible();
  }

  async signIn({ email, password }: { email: string; password: string }): Promise<void> {
    await this.page.goto(`${consoleUrl()}/sign-in`);
    await this.page.getByLabel("Email").fill(email);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await expect(this.page.getByRole("link", { name: "New environment" }).first()).toBeVisible();
  }

  /** Deploys an environment; returns its path, `/<org>/<environment>`, once it is live. */
  async deployEnvironment(name: string, region: string): Promise<string> {
    await this.page.getByRole("link", { name: "New environment" }).first().click();
    await this.page.getByLabel("Environment name").fill(name);
    await this.page.getByRole("radiogroup", { name: "Home region" }).getByRole("radio", { name: region }).check();
    await this.page.getByRole("button", { name: "Deploy" }).click();
    await this.followRun("Live");
    await this.page.getByRole("link", { name: `Open ${name}` }).click();
    await expect(this.place("APIs")).toBeVisible();
    return new URL(this.page.url()).pathname;
  }

  /** Watches a run's page until it ends in a state. */
  async followRun(state: "Live" | "Failed" | "Destroyed", timeoutMs = 60_000): Promise<void> {
    await expect(this.page.getByRole("log", { name: "Progress" })).toBeVisible();
    await expect(this.page.getByRole("status").filter({ hasText: state })).toBeVisible({ timeout: timeoutMs });
  }

  /** Opens an address, until the page hears what is done to it: then it says by which keys it is found through. */
  async visit(path: string): Promise<void> {
    await this.page.goto(consoleUrl() + path);
    await expect(this.page.getByRole("button", { name: "Go to" })).toHaveAttribute("aria-keyshortcuts", /Control\+K/);
  }

  async openPalette(): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+k");
    await expect(this.page.getByRole("dialog", { name: "Go to" })).toBeVisible();
  }

  place(name: string) {
    return this.page.getByRole("navigation", { name: "Environment" }).getByRole("link", { name, exact: true });
  }

  /** Text of a block that is there to be copied. */
  async copied(label: string): Promise<string> {
    return (await this.page.getByLabel(label, { exact: true }).innerText()).trim();
  }
}

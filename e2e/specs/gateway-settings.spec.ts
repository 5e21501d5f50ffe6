import { expect, test } from "@playwright/test";
import { Console } from "../pages/console.ts";
import { seed, type Seeded } from "../pages/seeded.ts";

let seeded: Seeded;
test.beforeAll(async () => {
  seeded = await seed("demo", "settings@causeway.example");
});

const more = `
cors:
  origins: [https://shop.example]
ip:
  deny: [203.0.113.0/24]
versioning:
  by: { header: X-Version }
  default: v1
  versions:
    v1: { state: active }
`;

test("any member of an API is written as text, is there after a reload, and a wrong one is named with its line", async ({
  page,
}) => {
  const console = new Console(page);
  await console.signIn(seeded);
  await console.visit(`/${seeded.org}/${seeded.environment}/apis/${seeded.api}?view=source`);
  await page.getByRole("link", { name: "Gateway settings" }).click();
  const editor = page.getByRole("textbox", { name: "Gateway settings" });
  await expect(editor).toContainText("listen: /orders");
  const before = await editor.innerText();

  await editor.fill(`${before.trimEnd()}\ncors:\n  orgins: ["*"]\n`);
  await page.getByRole("button", { name: "Save" }).click();
  const refusal = page.locator("main").getByRole("alert");
  await expect(refusal).toBeFocused();
  await expect(refusal).toContainText("cors.orgins is not known here; did you mean origins?");
  await expect(editor).toContainText('orgins: ["*"]');
  await refusal
    .getByRole("button", { name: /^Line \d+$/ })
    .first()
    .click();
  await expect(editor).toBeFocused();

  await editor.fill(before.trimEnd() + more);
  await editor.press("ControlOrMeta+s");
  await expect(page.getByText("Saved and published.")).toBeVisible();
  await expect(refusal).toBeHidden();
  await page.reload();
  for (const member of ["https://shop.example", "203.0.113.0/24", "header: X-Version", "default: v1"])
    await expect(editor).toContainText(member);

  await page.getByRole("searchbox", { name: "Search members" }).fill("sunset header");
  await expect(page.getByText("versioning.versions.<name>.sunset", { exact: true })).toBeVisible();
});

/** Two ways to change a policy or a key: a form for what most people want, and a text for all of it. */
export const accessViews = [
  { value: "form", name: "Form" },
  { value: "source", name: "Source" },
] as const;

export type AccessView = (typeof accessViews)[number]["value"];

export function readAccessView(text: string | undefined): AccessView {
  return accessViews.find(({ value }) => value === text)?.value ?? "form";
}

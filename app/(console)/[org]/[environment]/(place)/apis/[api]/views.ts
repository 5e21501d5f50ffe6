export const views = [
  { value: "operations", name: "Operations" },
  { value: "settings", name: "Behaviour" },
  { value: "source", name: "Source" },
] as const;

export type View = (typeof views)[number]["value"];

export function readView(text: string | undefined): View {
  return views.find(({ value }) => value === text)?.value ?? "operations";
}

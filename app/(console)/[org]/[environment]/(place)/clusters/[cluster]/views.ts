export const views = [
  { value: "nodes", name: "Nodes" },
  { value: "settings", name: "Gateway settings" },
] as const;

export type View = (typeof views)[number]["value"];

export function readView(text: string | undefined): View {
  return views.find(({ value }) => value === text)?.value ?? "nodes";
}

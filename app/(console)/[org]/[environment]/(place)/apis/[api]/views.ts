export const views = [
  { value: "operations", name: "Operations" },
  { value: "settings", name: "Behaviour" },
  { value: "source", name: "Source" },
] as const;

export type View = (typeof views)[number]["value"];

export function readView(text: string | undefined): View {
  return views.find(({ value }) => value === text)?.value ?? "operations";
}

export const sources = [
  { value: "document", name: "OpenAPI document" },
  { value: "gateway", name: "Gateway settings" },
] as const;

export type Source = (typeof sources)[number]["value"];

export function readSource(text: string | undefined): Source {
  return sources.find(({ value }) => value === text)?.value ?? "document";
}

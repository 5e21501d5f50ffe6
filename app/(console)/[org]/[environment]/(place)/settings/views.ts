export const views = [
  { value: "environment", name: "Environment" },
  { value: "gateways", name: "Gateways" },
] as const;

export type View = (typeof views)[number]["value"];

export function readView(text: string | undefined): View {
  return views.find(({ value }) => value === text)?.value ?? "environment";
}

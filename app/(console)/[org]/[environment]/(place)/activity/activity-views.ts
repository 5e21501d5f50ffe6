export const activityViews = [
  { value: "changes", name: "Changes" },
  { value: "runs", name: "Runs" },
  { value: "revisions", name: "Revisions" },
] as const;

export type ActivityView = (typeof activityViews)[number]["value"];

export function readActivityView(text: string | undefined): ActivityView {
  return activityViews.find(({ value }) => value === text)?.value ?? "changes";
}

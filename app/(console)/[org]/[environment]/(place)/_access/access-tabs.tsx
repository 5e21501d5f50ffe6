import { accessViews, type AccessView } from "./views.ts";
import { Tabs } from "#app/_ui/tabs.tsx";

/** Form or source of the thing at an address. */
export function AccessTabs({ base, view }: { base: string; view: AccessView }) {
  return (
    <Tabs
      label="Views"
      current={view}
      tabs={accessViews.map(({ value, name }) => ({ value, name, href: `${base}?view=${value}` }))}
    />
  );
}

import {
  Activity,
  Boxes,
  ChartColumn,
  KeyRound,
  LayoutDashboard,
  Network,
  ScrollText,
  SlidersHorizontal,
} from "lucide-react";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { NavLink } from "../../_shell/nav-link.tsx";
import { placesOf } from "../../_shell/places.ts";
import { load } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

interface Props {
  params: Promise<{ org: string; environment: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { environment } = await params;
  return { title: { default: environment, template: `%s · ${environment} · Causeway` } };
}

const icons = {
  overview: LayoutDashboard,
  apis: Boxes,
  policies: ScrollText,
  keys: KeyRound,
  clusters: Network,
  analytics: ChartColumn,
  activity: Activity,
  settings: SlidersHorizontal,
};

/** The places of one environment: a column on wide screens, a line that scrolls on narrow ones. */
export default async function EnvironmentLayout({ children, params }: Props & { children: ReactNode }) {
  const { org, environment } = await params;
  const api = await serverCaller();
  // An environment that is gone, or another tenant's, has no places.
  await load(api.environment.get({ org, environment }));
  return (
    <div className="lg:grid lg:grid-cols-[208px_minmax(0,1fr)]">
      <nav
        aria-label="Environment"
        className="hairline-scroll sticky top-13 z-20 flex gap-0.5 overflow-x-auto border-b bg-paper px-3 py-2 lg:h-[calc(100dvh-52px)] lg:flex-col lg:overflow-y-auto lg:border-r lg:border-b-0 lg:px-3 lg:py-5"
      >
        {placesOf(org, environment).map(({ name, href, icon }, index) => {
          const Icon = icons[icon];
          return (
            <NavLink key={href} href={href} exact={index === 0}>
              <Icon aria-hidden strokeWidth={1.75} />
              {name}
            </NavLink>
          );
        })}
      </nav>
      <main id="content" className="mx-auto w-full max-w-[1104px] min-w-0 px-4 py-8 sm:px-8 sm:py-10">
        {children}
      </main>
    </div>
  );
}

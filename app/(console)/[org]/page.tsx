import type { Metadata } from "next";
import { Home } from "./_home/home.tsx";
import { load } from "#app/_trpc/load.ts";
import { placeRegions } from "#app/_map/place.ts";
import { serverCaller } from "#server/trpc/caller.ts";

interface Props {
  params: Promise<{ org: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).org };
}

export default async function OrganisationHome({ params }: Props) {
  const { org } = await params;
  const api = await serverCaller();
  const [organisation, environments, regions, me] = await load(
    Promise.all([api.organisation.get({ org }), api.environment.list({ org }), api.region.list(), api.auth.me()]),
  );
  return (
    <main id="content" className="mx-auto w-full max-w-[1200px] px-4 py-8 sm:px-8 sm:py-10">
      <Home
        organisation={organisation}
        places={placeRegions(regions.items)}
        environments={environments}
        emailVerified={me.emailVerified}
      />
    </main>
  );
}

import { DestroyEnvironment } from "./destroy-environment.tsx";
import { load } from "#app/_trpc/load.ts";
import type { Environment } from "#app/_trpc/views.ts";
import { CopyableId } from "#app/_ui/copy-button.tsx";
import { Facts, Section } from "#app/_ui/panel.tsx";
import { When } from "#app/_ui/when.tsx";
import { serverCaller } from "#server/trpc/caller.ts";

interface Props {
  org: string;
  place: Environment;
  mayDestroy: boolean;
}

/** What the environment is and where its data rests, and its end. */
export async function EnvironmentFacts({ org, place, mayDestroy }: Props) {
  const regions = await load((await serverCaller()).region.list());
  const home = regions.items.find(({ id }) => id === place.homeRegion);
  return (
    <>
      <Section title="Environment">
        <Facts
          items={[
            ["Name", place.name],
            ["Kind", place.kind],
            ["Id", <CopyableId key="id" id={place.id} />],
            ["Created", <When key="created" at={place.createdAt} />],
          ]}
        />
      </Section>
      <Section title="Residency">
        <Facts
          items={[
            ["Home region", home ? `${home.name}, ${home.place}` : place.homeRegion],
            ["Data", home?.residency ?? "Not stated by the operator of this region."],
          ]}
        />
      </Section>
      {mayDestroy && (
        <DestroyEnvironment org={org} environment={place.slug} name={place.name} clusters={place.clusters.length} />
      )}
    </>
  );
}

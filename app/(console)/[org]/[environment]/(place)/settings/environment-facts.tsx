import { DestroyEnvironment } from "./destroy-environment.tsx";
import type { Environment, Region } from "#app/_trpc/views.ts";
import { CopyableId } from "#app/_ui/copy-button.tsx";
import { Facts, Section } from "#app/_ui/panel.tsx";
import { When } from "#app/_ui/when.tsx";

interface Props {
  org: string;
  place: Environment;
  /** Undefined: the operator does not offer it any more. */
  home: Region | undefined;
  mayDestroy: boolean;
}

/** What the environment is and where its data rests, and its end. */
export function EnvironmentFacts({ org, place, home, mayDestroy }: Props) {
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

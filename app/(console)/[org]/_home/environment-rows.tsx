import Link from "next/link";
import { EnvironmentKind } from "#app/(console)/[org]/_deployments/environment-kind.tsx";
import { environmentHealth } from "#app/(console)/[org]/_deployments/health.ts";
import type { Environment } from "#app/_trpc/views.ts";
import type { Place } from "#app/_map/place.ts";
import { State } from "#app/_ui/state.tsx";
import { Row, Table, Td, Th, rowLink } from "#app/_ui/table.tsx";
import { When } from "#app/_ui/when.tsx";

export function EnvironmentRows({
  org,
  environments,
  places,
}: {
  org: string;
  environments: Environment[];
  places: Place[];
}) {
  return (
    <Table
      label="Environments"
      head={
        <>
          <Th>Environment</Th>
          <Th>Health</Th>
          <Th className="max-sm:hidden">Home region</Th>
          <Th className="max-md:hidden" end>
            Clusters
          </Th>
          <Th className="max-md:hidden" end>
            Created
          </Th>
        </>
      }
    >
      {environments.map((environment) => {
        const health = environmentHealth(environment);
        return (
          <Row key={environment.id}>
            <Td>
              <span className="flex items-center gap-2.5">
                <Link href={`/${org}/${environment.slug}`} className={rowLink}>
                  {environment.name}
                </Link>
                <EnvironmentKind environment={environment} />
              </span>
            </Td>
            <Td>
              <State tone={health.tone}>{health.label}</State>
            </Td>
            <Td className="text-ink-2 max-sm:hidden">
              {places.find(({ id }) => id === environment.homeRegion)?.name ?? environment.homeRegion}
            </Td>
            <Td end className="text-ink-2 max-md:hidden">
              {environment.clusters.length}
            </Td>
            <Td end className="text-ink-3 max-md:hidden">
              <When at={environment.createdAt} />
            </Td>
          </Row>
        );
      })}
    </Table>
  );
}

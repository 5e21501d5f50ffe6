import Link from "next/link";
import { GatewaySettings } from "../_gateways/gateway-settings.tsx";
import type { GatewaySettingsDetail } from "#app/_trpc/views.ts";

interface Props {
  org: string;
  environment: string;
  first: GatewaySettingsDetail | undefined;
  mayWrite: boolean;
}

/** What the gateways of all clusters are told. */
export function SharedGatewaySettings({ org, environment, first, mayWrite }: Props) {
  return (
    <GatewaySettings
      input={{ org, environment }}
      first={first}
      intro={
        <>
          What all gateways of this environment are told of themselves, enforced on connected nodes at once. A cluster’s
          own settings go before it, a node’s own file before both; a node that cannot carry it out says so at its{" "}
          <Link href={`/${org}/${environment}/clusters`} className="underline underline-offset-2">
            cluster
          </Link>
          .
        </>
      }
      mayWrite={mayWrite}
    />
  );
}

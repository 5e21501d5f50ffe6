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
          What all gateways of this environment are told of themselves, enforced on connected nodes at once. What a
          cluster’s own settings say goes before it, and what a node’s own file says before both.
        </>
      }
      mayWrite={mayWrite}
    />
  );
}

import { GatewaySettings } from "../_gateways/gateway-settings.tsx";
import { preload } from "#app/_trpc/load.ts";
import { serverCaller } from "#server/trpc/caller.ts";

interface Props {
  org: string;
  environment: string;
  mayWrite: boolean;
}

/** What the gateways of all clusters are told. */
export async function SharedGatewaySettings({ org, environment, mayWrite }: Props) {
  const input = { org, environment };
  return (
    <GatewaySettings
      input={input}
      first={await preload((await serverCaller()).gateway.settings(input))}
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

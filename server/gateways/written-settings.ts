import type { z } from "zod";
import type { settingsMember } from "#contracts/console/views.ts";
import { gatewaySettingsInput, type GatewaySettingsView } from "#contracts/plane/gateway-settings.ts";
import { sourceMembers } from "../source/source-members.ts";
import { writeSource } from "../source/write-source.ts";

type Member = z.infer<typeof settingsMember>;

/** Settings of gateways with their text: one answer, so that both are of the same version. */
export function withWritten(view: GatewaySettingsView) {
  const { settings, certificates } = view;
  return { ...view, written: writtenGatewaySettings({ settings, certificates }) };
}

/** As people write them in a file; where nothing is set, nothing is written. */
function writtenGatewaySettings(given: Pick<GatewaySettingsView, "settings" | "certificates">): string {
  const isEmpty = Object.keys(given.settings).length === 0 && given.certificates.length === 0;
  return isEmpty ? "" : writeSource(gatewaySettingsInput, given);
}

let members: readonly Member[] | undefined;

/** Every member that settings of gateways may have. */
export function gatewaySettingsMembers(): Member[] {
  return [...(members ??= sourceMembers(gatewaySettingsInput))];
}

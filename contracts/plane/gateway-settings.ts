import { z } from "zod";
import { nodeSettings, writtenSettings } from "../config/node-settings.ts";

/** Characters of JSON. A revision carries them to every node, and each is sent again at every publication. */
const MOST_CHARACTERS = 262_144;

const certificates = nodeSettings.shape.certificates
  .unwrap()
  .max(500)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    for (const [index, { id }] of list.entries()) {
      if (seen.has(id)) context.addIssue({ code: "custom", path: [index, "id"], message: `${id} is written twice` });
      seen.add(id);
    }
  });

/**
 * What a control plane keeps for gateways, of all clusters or of one: `settings` and `certificates` as in a file.
 * `nodes` has no place here: the control plane counts those that are connected, and tells them.
 */
export const gatewaySettingsInput = z
  .strictObject({
    settings: writtenSettings
      .omit({ nodes: true })
      .prefault({})
      .describe("Of the gateways themselves. A member of a cluster's goes, whole, before the environment's."),
    certificates: certificates
      .default([])
      .describe("What TLS listeners serve. A cluster's goes before the environment's of the same id."),
  })
  .refine((input) => JSON.stringify(input).length <= MOST_CHARACTERS, {
    error: `expected at most ${MOST_CHARACTERS} characters as JSON`,
  });
export type GatewaySettingsInput = z.infer<typeof gatewaySettingsInput>;

/** As they were written. Version 0: nobody has written any yet. */
export const gatewaySettingsView = z.object({
  settings: z.record(z.string(), z.unknown()),
  certificates: z.array(z.record(z.string(), z.unknown())),
  version: z.int(),
  /** The revision that first carries this version; null at version 0. */
  revision: z.int().nullable(),
  updatedAt: z.string().nullable(),
});
export type GatewaySettingsView = z.infer<typeof gatewaySettingsView>;

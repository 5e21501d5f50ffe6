import { z } from "zod";
import { fileConfiguration, gatewaySettings, type GatewaySettings } from "./file.ts";
import type { Certificate } from "./listener.ts";

const { shape } = gatewaySettings;

/** A member that says nothing where it is not written: what it is then, another place may say, or else the default. */
function unfilled<Inner extends z.ZodType>(member: z.ZodDefault<Inner>) {
  const byDefault = JSON.stringify(member.def.defaultValue);
  return z.optional(member.unwrap()).describe(`${member.description ?? ""} Default: ${byDefault}.`);
}

/** The members of a gateway's settings as they were written, so that those of several places can be joined. */
export const writtenSettings = z.strictObject({
  maxConnections: unfilled(shape.maxConnections),
  minBytesPerSecond: unfilled(shape.minBytesPerSecond),
  maxRequestBodyBytes: unfilled(shape.maxRequestBodyBytes),
  limiter: unfilled(shape.limiter),
  nodes: shape.nodes,
  legacyRateLimitHeaders: unfilled(shape.legacyRateLimitHeaders),
  listeners: unfilled(shape.listeners),
  errors: shape.errors,
  headers: shape.headers,
} satisfies Record<keyof GatewaySettings, z.ZodType>);

/** What a gateway has beside its APIs, policies and keys, and what every place may write of it. */
export const nodeSettings = z.strictObject({
  settings: writtenSettings.prefault({}).describe(fileConfiguration.shape.settings.description ?? ""),
  certificates: fileConfiguration.shape.certificates,
});
export type NodeSettings = z.infer<typeof nodeSettings>;

export const noSettings: NodeSettings = { settings: {}, certificates: [] };

/**
 * What a nearer place writes goes before what a further one does: settings member by member, each of them whole;
 * certificates by their id, and one default is enough.
 */
export function joinSettings(near: NodeSettings, far: NodeSettings): NodeSettings {
  const taken = new Set(near.certificates.map(({ id }) => id));
  const hasDefault = near.certificates.some((certificate) => certificate.default);
  const further = far.certificates
    .filter(({ id }) => !taken.has(id))
    .map((certificate): Certificate => (hasDefault ? { ...certificate, default: false } : certificate));
  return { settings: { ...far.settings, ...near.settings }, certificates: [...near.certificates, ...further] };
}

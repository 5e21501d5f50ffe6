import { z } from "zod";
import { secretReference } from "../api/primitives.ts";
import { entityId } from "../ids.ts";

/** A certificate that listeners serve, chosen by the name that the client asks for (SNI, RFC 6066). */
export const certificate = z.strictObject({
  id: entityId.describe("What logs call it."),
  hosts: z
    .array(z.string().regex(/^(\*\.)?[a-z0-9.-]+$/, "expected a host name in lower case; *. may lead"))
    .optional()
    .describe("Names it is served for, `*.` may lead; absent: those that stand in it."),
  certificate: secretReference.describe("PEM: the certificate, then its chain. Read again when it changes."),
  key: secretReference.describe("PEM: its private key."),
  default: z
    .boolean()
    .default(false)
    .describe("Served where no name fits, or none was asked for; without one such a handshake is refused."),
});
export type Certificate = z.infer<typeof certificate>;

const listenerTls = z.strictObject({
  minVersion: z.enum(["TLSv1.2", "TLSv1.3"]).default("TLSv1.2").describe("Older versions of TLS are refused."),
  ciphers: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .describe("OpenSSL's list for TLS 1.2, or suite names for TLS 1.3; absent: Node's own, which are sound."),
  clientCertificates: z
    .enum(["none", "request"])
    .default("none")
    .describe(
      "`request`: the client is asked for a certificate; whether it is needed, and which, each API says (`auth: mtls`).",
    ),
  http2: z.boolean().default(true).describe("HTTP/2 by ALPN."),
});

const streamUrl = z
  .string()
  .regex(/^(tcp|tls):\/\/[^/?#@]+:\d{1,5}$/, "expected tcp://host:port, or tls://host:port for TLS towards the target");

/** Bytes are passed on as they are: to one target, or to one chosen by the name in the client's TLS hello (`*`: any other). */
const forward = z.union([
  streamUrl.transform((url): Record<string, string> => ({ "*": url })),
  z
    .record(z.string().regex(/^(\*|(\*\.)?[a-z0-9.-]+)$/, "expected a host name in lower case, or *"), streamUrl)
    .refine((targets) => Object.keys(targets).length > 0, "expected at least one target"),
]);

/** A port beside the one that the gateway is started with. */
export const listener = z.strictObject({
  host: z.string().min(1).max(255).default("0.0.0.0").describe("The address that is listened on."),
  port: z.int().min(1).max(65_535).describe("The port that is listened on."),
  tls: listenerTls
    .optional()
    .describe("Absent: clear text. With `forward` and without it, TLS passes through untouched."),
  proxyProtocol: z
    .boolean()
    .default(false)
    .describe("Every connection begins with a PROXY header (v1 or v2) of a balancer, whose addresses are believed."),
  forward: forward.optional().describe("Not HTTP: a TCP or TLS proxy."),
});
export type Listener = z.infer<typeof listener>;

export const listeners = z
  .array(listener)
  .max(64)
  .superRefine((list, context) => {
    const seen = new Set<number>();
    for (const [index, { port }] of list.entries()) {
      if (seen.has(port))
        context.addIssue({ code: "custom", path: [index, "port"], message: `port ${port} is listened on twice` });
      seen.add(port);
    }
  });

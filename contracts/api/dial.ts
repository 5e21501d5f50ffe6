import { z } from "zod";
import { secretReference } from "./primitives.ts";

/** TLS towards the targets (`https://`). Certificates and keys are references, read when a connection is made. */
const upstreamTls = z.strictObject({
  ca: secretReference
    .optional()
    .describe("PEM of the authorities that targets' certificates are checked against; absent: the system's."),
  certificate: secretReference.optional().describe("PEM, where targets ask for a client certificate."),
  key: secretReference.optional().describe("PEM of the private key of `certificate`."),
  serverName: z
    .string()
    .regex(/^[a-z0-9.-]+$/i, "expected a host name")
    .optional()
    .describe("The name asked for and checked, where it is not the host of the URL."),
  verify: z
    .boolean()
    .default(true)
    .describe(
      "False: any certificate is taken. For tests alone: whoever stands between can read and change everything.",
    ),
});

/** How a target is spoken to. */
export const dialSettings = {
  protocol: z
    .enum(["http1", "http2"])
    .default("http1")
    .describe("`http2`: over TLS by ALPN, in clear text by prior knowledge (h2c); gRPC needs it."),
  tls: upstreamTls
    .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
      error: "expected certificate and key together",
      path: ["key"],
    })
    .optional()
    .describe("TLS towards targets whose URL begins with `https://`."),
};

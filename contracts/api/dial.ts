import { z } from "zod";
import { secretReference } from "./primitives.ts";

/** TLS towards the targets (`https://`). Certificates and keys are references, read when a connection is made. */
const upstreamTls = z.strictObject({
  /** PEM of the authorities that targets' certificates are checked against; absent: the system's. */
  ca: secretReference.optional(),
  /** PEM, where targets ask for a client certificate. */
  certificate: secretReference.optional(),
  key: secretReference.optional(),
  /** The name asked for and checked, where it is not the host of the URL. */
  serverName: z
    .string()
    .regex(/^[a-z0-9.-]+$/i, "expected a host name")
    .optional(),
  /** False: any certificate is taken. For tests alone: whoever stands between can read and change everything. */
  verify: z.boolean().default(true),
});

/** How a target is spoken to. */
export const dialSettings = {
  /** `http2`: over TLS by ALPN, in clear text by prior knowledge (h2c); gRPC needs it. */
  protocol: z.enum(["http1", "http2"]).default("http1"),
  tls: upstreamTls
    .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
      error: "expected certificate and key together",
      path: ["key"],
    })
    .optional(),
};

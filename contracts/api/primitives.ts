import { z } from "zod";

/** A target or an issuer. */
export const httpUrl = z.url({ protocol: /^https?$/, error: "expected an http:// or https:// URL" });
/** A target's URL; `causeway://orders/v1` is the API `orders` of the same gateway, at a path below its listen path. */
export const targetUrl = z
  .url({ protocol: /^(https?|causeway)$/, error: "expected an http:// or https:// URL, or causeway://<api id>/path" })
  .refine((url) => !url.startsWith("causeway:") || /^causeway:\/\/[A-Za-z0-9._-]+(\/[^?#\s]*)?$/.test(url), {
    error: "expected causeway://<api id>/path, without a query",
  });

export const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "expected a header name (RFC 9110, 5.1)");
export const headerValue = z
  .string()
  // What a field value must not hold (RFC 9110, 5.5) is control characters.
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u0008\u000a-\u001f\u007f]*$/, "control characters are not allowed in a header value");

/** A secret, a certificate or a file by reference: the configuration names it and never holds it. */
export const secretReference = z
  .string()
  .regex(/^(env|file|vault|aws-sm):\/\/.+$/, "expected a reference such as env://NAME or file:///run/secrets/name");

import { z } from "zod";
import { noticeableMs } from "../quantities.ts";
import { httpUrl, secretReference, targetUrl } from "./primitives.ts";

/** Where an API's requests go: addresses that are written down, names that DNS knows, or a registry's list. */

const scheme = z.enum(["http", "https"]).default("http");
const port = z.int().min(1).max(65_535);
const weight = z.int().min(0).max(1_000).default(1).describe("Share of requests beside the other targets; 0: none");
/** Comes before the path of each request. */
const basePath = z
  .string()
  .max(1_024)
  .regex(/^\/[^?#\s]*$/, "expected a path that starts with /")
  .optional();
const dnsName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$/, "expected a host name");

const urlTarget = z.strictObject({
  url: targetUrl.describe(
    "`http://`, `https://` or `causeway://<api id>`, with a path that comes before each request's.",
  ),
  weight,
  resolve: z
    .enum(["dns", "srv"])
    .optional()
    .describe(
      "`dns`: each A and AAAA record of the URL's host is a target, asked again when its TTL ends. `srv`: the host is the name of SRV records (RFC 2782), whose priority, weight and port count, asked for again as soon as one TTL of them or of their hosts' addresses ends.",
    ),
});
export type Target = z.infer<typeof urlTarget>;

/** `{ dns: api.internal, port: 8080 }` is short for a URL with `resolve: dns`. */
const dnsTarget = z
  .strictObject({
    dns: dnsName.describe("A name whose A and AAAA records are the targets."),
    port: port.optional().describe("Default: of the scheme."),
    scheme: scheme.describe("How the targets are spoken to."),
    path: basePath.describe("Comes before the path of each request."),
    weight,
  })
  .transform(({ dns, port, scheme, path = "", weight }): Target => {
    return { url: `${scheme}://${dns}${port === undefined ? "" : `:${port}`}${path}`, weight, resolve: "dns" };
  })
  .refine(isUrl, { error: "expected a host name", path: ["dns"] });

/** `{ srv: _http._tcp.api.internal }` is short for a URL with `resolve: srv`. */
const srvTarget = z
  .strictObject({
    srv: dnsName
      .regex(/^_[^.]+\._tcp\./, "expected a service name such as _http._tcp.api.internal")
      .describe("A name of SRV records (RFC 2782)."),
    scheme: scheme.describe("How the targets are spoken to."),
    path: basePath.describe("Comes before the path of each request."),
    weight,
  })
  .transform(({ srv, scheme, path = "", weight }): Target => {
    return { url: `${scheme}://${srv}${path}`, weight, resolve: "srv" };
  })
  .refine(isUrl, { error: "expected a service name", path: ["srv"] });

/** A name may look right and still be none: `1.2.3.999` is no host. */
function isUrl({ url }: Target): boolean {
  return httpUrl.safeParse(url).success;
}

/** A URL alone, or with a weight; a name that DNS resolves to several; SRV records. */
export const targets = z
  .array(z.union([targetUrl.transform((url): Target => ({ url, weight: 1 })), urlTarget, dnsTarget, srvTarget]))
  .max(256);

/** `$.data[*]`, `items`, `$`: member names by dots, `[*]` for each entry of an array. */
const jsonPath = z
  .string()
  .max(200)
  .regex(/^\$?([A-Za-z0-9_-]+)?(\.[A-Za-z0-9_-]+|\[\*\])*$/, "expected a path such as $.data[*] or service.host");
const every = noticeableMs.default(10_000).describe("Between two questions, default 10s");

const httpDiscovery = z.strictObject({
  url: httpUrl.describe("Answers JSON."),
  every,
  items: jsonPath.default("$[*]").describe("Where the list is. An entry is an object, `host:port` or a URL."),
  host: jsonPath.default("host").describe("Where in an entry its host is."),
  port: jsonPath.default("port").describe("Where in an entry its port is."),
  weight: jsonPath.default("weight").describe("Entries without one weigh 1."),
  scheme: scheme.describe("How the targets are spoken to."),
  path: basePath.describe("Comes before the path of each request."),
  token: secretReference.optional().describe("Sent as `Authorization: Bearer`."),
});
export type HttpDiscovery = z.infer<typeof httpDiscovery>;

const consulDiscovery = z.strictObject({
  consul: z
    .strictObject({
      address: httpUrl.describe("Of the agent or the servers: http://127.0.0.1:8500"),
      service: z.string().min(1).max(200).describe("The name of the service."),
      tag: z.string().min(1).max(200).optional().describe("Only instances with this tag."),
      datacenter: z.string().min(1).max(200).optional().describe("Default: the agent's own."),
      token: secretReference.optional().describe("An ACL token, sent as `X-Consul-Token`."),
    })
    .describe("A service that Consul knows."),
  every,
  scheme: scheme.describe("How the targets are spoken to."),
  path: basePath.describe("Comes before the path of each request."),
});
export type ConsulDiscovery = z.infer<typeof consulDiscovery>;

/** A list that is asked for again and again. When it cannot be had, the last one that could stays. */
export const discovery = z.union([httpDiscovery, consulDiscovery]);
export type Discovery = z.infer<typeof discovery>;

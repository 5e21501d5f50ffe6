import { z } from "zod";
import { durationMs } from "../quantities.ts";
import { headerName } from "./primitives.ts";

const ORIGIN = /^(\*|(?:[a-z][a-z0-9+.-]*:\/\/)?\*\.[a-z0-9.-]+(?::\d{1,5})?|[a-z][a-z0-9+.-]*:\/\/[^\s/?#*@,]+)$/;

const origin = z
  .string()
  .max(300)
  .regex(ORIGIN, "expected an origin such as https://app.example, *.example.com (over https), or *")
  .describe(
    "An origin (RFC 6454) in lower case; `*.` may lead its host and stands for any subdomain; `*`: any origin.",
  );

/** What browsers let pages of other origins do with an API (Fetch Standard, 3.2). The gateway answers preflights itself. */
export const cors = z
  .strictObject({
    origins: z
      .array(origin)
      .min(1)
      .max(200)
      .describe(
        "Whose pages may call. `*.b.example` is any subdomain over https; write `http://*.b.example` for clear text.",
      ),
    methods: z
      .array(z.string().regex(/^[A-Z]{1,20}$/, "expected a method in capitals, such as GET"))
      .min(1)
      .max(40)
      .default(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
      .describe("Methods that a preflight allows. Default: the usual six."),
    headers: z
      .array(headerName)
      .max(200)
      .default(["*"])
      .describe("Request headers that a preflight allows. Default `*`: those that it asks for."),
    exposeHeaders: z
      .array(headerName)
      .max(200)
      .default([])
      .describe("Response headers that pages may read. Default: the few that the standard always lets them."),
    credentials: z
      .boolean()
      .default(false)
      .describe(
        "Whether cookies and client certificates may come along. Not together with the origin `*`. Default: no.",
      ),
    maxAge: durationMs.default(600_000).describe("How long a browser keeps a preflight's answer. Default: 10m."),
  })
  .refine(({ origins, credentials }) => !credentials || !origins.includes("*"), {
    error: "expected named origins: with credentials any page could act as its visitor",
    path: ["origins"],
  });
export type Cors = z.infer<typeof cors>;

/** Of an operation: in place of its API's, or `false` for none. */
export const operationCors = z.union([z.literal(false), cors]);

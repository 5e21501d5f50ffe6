import { z } from "zod";
import { apiSettings } from "../api/definition.ts";
import { apiId } from "../ids.ts";

/**
 * The control plane's management API, `/v1/…`, as schemas: the plane answers with them, the console parses with them.
 * Times are ISO 8601 strings.
 */

/** A note on an import: what could not be carried over, and where it stood. */
export const importNote = z.strictObject({ path: z.string(), message: z.string(), line: z.int().optional() });

/** The whole of an API's settings: what they get is at the desk and in a gateway at the same time. */
export const apiInput = z.strictObject({
  ...apiSettings.omit({ id: true }).shape,
  name: z.string().min(1).max(100),
  /** The OpenAPI 3.0/3.1 document as text, JSON or YAML; null: an API without a contract. */
  document: z.string().max(5_000_000).nullable().default(null),
});
export type ApiInput = z.infer<typeof apiInput>;
export type ApiInputRaw = z.input<typeof apiInput>;

export const operationSummary = z.strictObject({
  id: z.string(),
  method: z.string(),
  path: z.string(),
  summary: z.string().nullable(),
});

/** `settings` is the full form, without the document. */
export const apiView = z.object({
  id: apiId,
  name: z.string(),
  state: z.enum(["active", "inactive"]),
  listenHost: z.string().nullable(),
  listenPath: z.string(),
  upstreamUrl: z.string(),
  authSummary: z.string(),
  tags: z.array(z.string()),
  operationCount: z.int(),
  version: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type ApiView = z.infer<typeof apiView>;

export const apiDetail = apiView.extend({
  settings: z.record(z.string(), z.unknown()),
  document: z.string().nullable(),
  operations: z.array(operationSummary),
  /** The revision that first carries this version of the API. */
  revision: z.int().nullable(),
});
export type ApiDetail = z.infer<typeof apiDetail>;

/** What `POST /v1/apis/preview` says of a document before anything is saved. */
export const apiPreview = z.object({
  title: z.string(),
  documentVersion: z.string(),
  suggestedName: z.string(),
  suggestedListenPath: z.string(),
  suggestedUpstreamUrl: z.string().nullable(),
  operations: z.array(operationSummary),
  notes: z.array(importNote),
});
export type ApiPreview = z.infer<typeof apiPreview>;

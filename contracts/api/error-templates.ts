import { z } from "zod";
import { errorCodes } from "./error-codes.ts";
import { ERROR_FIELD, errorFields } from "./error-fields.ts";

const template = z
  .string()
  .max(65_536)
  .superRefine((text, context) => {
    for (const [written, name] of text.matchAll(ERROR_FIELD))
      if (!errorFields.some((field) => field === name))
        context.addIssue({ code: "custom", message: `${written} is not known; expected one of ${listed}` });
  });
const listed = errorFields.map((field) => `{{${field}}}`).join(", ");

const errorTemplate = z
  .strictObject({
    status: z.int().min(200).max(599).optional().describe("In place of the status that the gateway would answer."),
    contentType: z
      .string()
      .max(200)
      .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w.=+-]+)*$/, "expected a media type such as text/plain; charset=utf-8")
      .optional()
      .describe("In place of the form's own. Only where there is one form."),
    json: z
      .union([template, z.record(z.string(), z.unknown())])
      .optional()
      .describe("Text, or an object whose texts may hold fields. Their values are escaped as JSON."),
    html: template.optional().describe("Fields are escaped as HTML."),
    text: template.optional().describe("Plain text."),
  })
  .refine(({ contentType, json, html, text }) => contentType === undefined || formsOf({ json, html, text }) === 1, {
    error: "expected with exactly one of json, html and text",
    path: ["contentType"],
  })
  .refine(({ status, ...forms }) => status !== undefined || formsOf(forms) > 0, {
    error: "expected at least one of status, json, html and text",
  });
export type ErrorTemplate = z.infer<typeof errorTemplate>;

/**
 * How the gateway's own errors look, by code (`rate_limited`), else by status (`429`), else `*`. Several forms are chosen
 * among by Accept (RFC 9110, 12.5.1). What has no template is `application/problem+json`.
 */
export const errorTemplates = z
  .record(
    z
      .string()
      .regex(/^(\*|[1-5]\d\d|[a-z][a-z0-9_]*)$/, "expected an error's code, a status such as 429, or *")
      .refine((name) => !/^[a-z]/.test(name) || isCode(name), {
        error: ({ input }) => `is not an error of a gateway; ${adviceOn(String(input))}`,
      }),
    errorTemplate,
  )
  .describe("How the gateway's own errors look, by code, status or `*`.");
export type ErrorTemplates = z.infer<typeof errorTemplates>;

function isCode(name: string): boolean {
  return errorCodes.some((code) => code === name);
}

/** Codes begin with what they are about. */
function adviceOn(name: string): string {
  const [about] = name.split("_");
  const near = errorCodes.filter((code) => code.split("_")[0] === about);
  return near.length > 0 ? `known: ${near.join(", ")}` : "the reference lists their codes";
}

function formsOf(forms: { json?: unknown; html?: unknown; text?: unknown }): number {
  return [forms.json, forms.html, forms.text].filter((form) => form !== undefined).length;
}

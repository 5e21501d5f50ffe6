/** What a template may name of a problem (RFC 9457) that the gateway answers. */
export const errorFields = ["title", "detail", "code", "status", "requestId"] as const;
export type ErrorField = (typeof errorFields)[number];

/** `{{detail}}`, with or without spaces. */
export const ERROR_FIELD = /\{\{\s*(\w+)\s*\}\}/g;

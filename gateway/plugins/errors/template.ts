import { ERROR_FIELD, type ErrorField } from "#contracts/api/error-fields.ts";

export type Values = Readonly<Record<ErrorField, string>>;
export type Render = (values: Values) => string;
export type Escape = (value: string) => string;

/** A text whose fields are put in at a request. The contract has refused fields that are not known. */
export function compileTemplate(text: string, escape: Escape): Render {
  // Every other part is a field's name, as `split` gives what its group matched.
  const parts = text.split(ERROR_FIELD);
  return (values) =>
    // Checked by the contract.
    parts.map((part, index) => (index % 2 === 0 ? part : escape(values[part as ErrorField]))).join("");
}

/** An object: its texts are templates, and a text that is the status alone becomes a number. */
export function compileObject(value: unknown): Render {
  const make = compileValue(value);
  return (values) => JSON.stringify(make(values));
}

function compileValue(value: unknown): (values: Values) => unknown {
  if (typeof value === "string") {
    if (/^\{\{\s*status\s*\}\}$/.test(value)) return ({ status }) => Number(status);
    return compileTemplate(value, (text) => text);
  }
  if (Array.isArray(value)) {
    const items = value.map(compileValue);
    return (values) => items.map((item) => item(values));
  }
  if (typeof value !== "object" || value === null) return () => value;
  const members = Object.entries(value).map(([name, member]) => [name, compileValue(member)] as const);
  return (values) => Object.fromEntries(members.map(([name, member]) => [name, member(values)]));
}

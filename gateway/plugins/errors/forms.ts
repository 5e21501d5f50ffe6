import type { ErrorTemplate } from "#contracts/api/error-templates.ts";
import type { Exchange, Reply } from "#gateway/pipeline/index.ts";
import { compileObject, compileTemplate, type Escape, type Render } from "./template.ts";
import { qualityOf } from "./accept.ts";

/** Puts a problem into the form that its receiver likes best. */
export type Forms = (exchange: Exchange, reply: Reply, problem: NonNullable<Reply["problem"]>) => Reply;

interface Form {
  /** Names by which Accept may ask for it. */
  types: readonly string[];
  contentType: string;
  /** Null: the problem document as it is. */
  render: Render | null;
}

export function compileForms(template: ErrorTemplate): Forms {
  const { status, contentType } = template;
  const given = givenForms(template).map((form) => ({ ...form, contentType: contentType ?? form.contentType }));
  const isJsonGiven = template.json !== undefined;
  // In the order of preference where Accept has none; whoever asks for JSON gets JSON though only a page was written.
  const forms = isJsonGiven ? given : [...given, PROBLEM];
  return (exchange, reply, problem) => {
    const form = forms.length === 1 ? forms[0]! : choose(forms, exchange.fields.get("accept"));
    const headers = forms.length === 1 ? reply.headers : [...reply.headers, "Vary", "Accept"];
    const changed = { ...reply, status: status ?? reply.status, headers };
    if (form.render === null) return changed;
    const values = {
      ...problem,
      code: reply.code ?? "",
      status: String(changed.status),
      requestId: exchange.requestId,
    };
    return { ...changed, contentType: form.contentType, body: [form.render(values), ""] };
  };
}

const PROBLEM: Form = { types: ["application/problem+json", "application/json"], contentType: "", render: null };

function givenForms({ json, html, text }: ErrorTemplate): Form[] {
  const forms: Form[] = [];
  if (json !== undefined) {
    const render = typeof json === "string" ? compileTemplate(json, escapeJson) : compileObject(json);
    forms.push({ types: ["application/json", "application/problem+json"], contentType: "application/json", render });
  }
  if (html !== undefined) {
    const render = compileTemplate(html, escapeHtml);
    forms.push({ types: ["text/html"], contentType: "text/html; charset=utf-8", render });
  }
  if (text !== undefined) {
    const render = compileTemplate(text, (value) => value);
    forms.push({ types: ["text/plain"], contentType: "text/plain; charset=utf-8", render });
  }
  return forms;
}

/** The first of those that are liked best; the first of all where none is acceptable: an error is better told than not. */
function choose(forms: readonly Form[], accept: string | undefined): Form {
  let best = forms[0]!;
  if (accept === undefined) return best;
  let quality = 0;
  for (const form of forms) {
    const found = Math.max(...form.types.map((type) => qualityOf(accept, type)));
    if (found <= quality) continue;
    best = form;
    quality = found;
  }
  return best;
}

const escapeJson: Escape = (value) => JSON.stringify(value).slice(1, -1);

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml: Escape = (value) => value.replace(/[&<>"']/g, (character) => entities[character]!);

import { STATUS_CODES } from "node:http";
import { dateText } from "../date-text.ts";
import { writableFields } from "../written-fields.ts";
import { isAnswerHead } from "./head-guard.ts";

export interface AnswerHead {
  text: string;
  /** What Content-Length says, where it stands. */
  length: number | undefined;
}

/** The head's lines without those on framing and persistence, which the connection decides; no empty line yet. */
export function answerLines(status: number, fields: readonly string[]): AnswerHead {
  const lines = compose(status, fields);
  if (isAnswerHead(lines.text, lines.fields)) return withDate(lines);
  return withDate(compose(status, writableFields(fields)));
}

export function interimHead(status: number, fields: readonly string[]): string {
  const lines = compose(status, fields);
  const { text } = isAnswerHead(lines.text, lines.fields) ? lines : compose(status, writableFields(fields));
  return `${text}\r\n`;
}

interface Lines extends AnswerHead {
  hasDate: boolean;
  fields: number;
}

function compose(status: number, fields: readonly string[]): Lines {
  const lines: Lines = {
    text: `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`,
    length: undefined,
    hasDate: false,
    fields: fields.length / 2,
  };
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]!;
    if (name.length === 14 && name.toLowerCase() === "content-length") {
      // A length promises a body, and these have none (RFC 9110, 8.6).
      if (status === 204 || status < 200) {
        lines.fields -= 1;
        continue;
      }
      lines.length ??= Number(fields[index + 1]!);
    } else if (name.length === 4 && name.toLowerCase() === "date") lines.hasDate = true;
    lines.text += `${name}: ${fields[index + 1]!}\r\n`;
  }
  return lines;
}

function withDate(lines: Lines): AnswerHead {
  if (!lines.hasDate) lines.text += `Date: ${dateText()}\r\n`;
  return lines;
}

import { STATUS_CODES } from "node:http";

let dateSecond = 0;
let dateLine = "";

/** An origin server with a clock, and a proxy for one without, says when it answered (RFC 9110, 6.6.1). */
function dateNow(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `Date: ${new Date(second * 1_000).toUTCString()}\r\n`;
  }
  return dateLine;
}

export function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? "";
}

export interface AnswerHead {
  text: string;
  hasLength: boolean;
}

/** The head's lines without those on framing and persistence, which the connection decides; no empty line yet. */
export function answerLines(status: number, fields: readonly string[]): AnswerHead {
  let text = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`;
  let hasLength = false;
  let hasDate = false;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index]!;
    if (name.length === 14 && name.toLowerCase() === "content-length") hasLength = true;
    else if (name.length === 4 && name.toLowerCase() === "date") hasDate = true;
    text += `${name}: ${fields[index + 1]!}\r\n`;
  }
  return { text: hasDate ? text : text + dateNow(), hasLength };
}

export function interimHead(status: number, fields: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`;
  for (let index = 0; index < fields.length; index += 2) text += `${fields[index]!}: ${fields[index + 1]!}\r\n`;
  return `${text}\r\n`;
}

/**
 * Whether a head that is about to leave has exactly the lines that were put into it. One look at the whole text costs less
 * than one at each value, and whoever put a line end into a value, or a character that Latin-1 cuts down to one, is found
 * out wherever that was: the lines are more than they should be, or not of these characters.
 */
export function isRequestHead(text: string, fields: number): boolean {
  return (requests[fields] ??= patternOf("[!-~]+ [!-~]+ HTTP/1\\.1", fields)).test(text);
}

/** As above; the empty line is still to come. */
export function isAnswerHead(text: string, fields: number): boolean {
  return (answers[fields] ??= patternOf("HTTP/1\\.1 \\d{3} [ -~]*", fields)).test(text);
}

/** By the number of fields, which the parsers and the configuration bound. */
const requests: RegExp[] = [];
const answers: RegExp[] = [];

function patternOf(firstLine: string, fields: number): RegExp {
  return new RegExp(`^${firstLine}\\r\\n(?:[!-9;-~]+: [ -~\\x80-\\xff]*\\r\\n){${fields}}$`);
}

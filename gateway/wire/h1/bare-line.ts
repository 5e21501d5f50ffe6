/** A line feed that no carriage return precedes: the empty line that is waited for will never come. */
export function hasBareLine(data: Buffer, from: number): boolean {
  for (let at = data.indexOf(0x0a, from); at !== -1; at = data.indexOf(0x0a, at + 1))
    if (data[at - 1] !== 0x0d) return true;
  return false;
}

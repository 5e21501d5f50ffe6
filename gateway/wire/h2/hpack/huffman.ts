/** Bits of each symbol's code, the end of the string last (RFC 7541, appendix B). The code is canonical: lengths say it all. */
// prettier-ignore
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];
const END = 256;
/** Inner nodes of a binary tree with 257 leaves. */
const NODES = 256;
const NONE = -1;

/** From each node, by the next four bits: the node that they lead to, and the symbol that they complete (one at most: none is shorter than five bits). */
const nextNode = new Int16Array(NODES * 16).fill(NONE);
const completed = new Int16Array(NODES * 16).fill(NONE);
/** Where a string may end: at the root, or up to seven bits into the end's own code, which is all ones (RFC 7541, 5.2). */
const mayEnd = new Uint8Array(NODES);

/** Inner nodes by number; a leaf is `-2 - symbol`. */
function growTree(): Int32Array {
  const children = new Int32Array(NODES * 2).fill(NONE);
  const order = LENGTHS.map((_, symbol) => symbol).toSorted((a, b) => LENGTHS[a]! - LENGTHS[b]! || a - b);
  let [nodes, code, bits] = [1, 0, 0];
  for (const symbol of order) {
    const length = LENGTHS[symbol]!;
    code *= 2 ** (length - bits);
    bits = length;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit -= 1) {
      const at = node * 2 + (Math.floor(code / 2 ** bit) % 2);
      if (children[at] === NONE) children[at] = nodes++;
      node = children[at]!;
    }
    children[node * 2 + (code % 2)] = -2 - symbol;
    code += 1;
  }
  return children;
}

function prepare(): void {
  const children = growTree();
  for (let node = 0; node < NODES; node += 1)
    for (let four = 0; four < 16; four += 1) {
      let to = node;
      for (let bit = 3; bit >= 0 && to !== NONE; bit -= 1) {
        const child = children[to * 2 + ((four >> bit) & 1)]!;
        if (child >= 0) to = child;
        else if (-2 - child === END) to = NONE;
        else {
          completed[node * 16 + four] = -2 - child;
          to = 0;
        }
      }
      nextNode[node * 16 + four] = to;
    }
  for (let [node, depth] = [0, 0]; depth < 8; depth += 1) {
    mayEnd[node] = 1;
    node = children[node * 2 + 1]!;
  }
}
prepare();

let scratch = Buffer.allocUnsafeSlow(4_096);

/** The text of `data` from `start` to `end`, as Latin-1; undefined: it is no such code. */
export function huffmanText(data: Buffer, start: number, end: number): string | undefined {
  // No code is shorter than five bits.
  const most = Math.ceil(((end - start) * 8) / 5);
  if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most);
  let [node, length] = [0, 0];
  for (let at = start; at < end; at += 1) {
    const byte = data[at]!;
    for (let shift = 4; shift >= 0; shift -= 4) {
      const step = node * 16 + ((byte >> shift) & 15);
      const symbol = completed[step]!;
      if (symbol !== NONE) scratch[length++] = symbol;
      node = nextNode[step]!;
      if (node === NONE) return undefined;
    }
  }
  return mayEnd[node] === 1 ? scratch.toString("latin1", 0, length) : undefined;
}

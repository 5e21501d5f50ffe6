import { connect } from "node:net";

/** Sends bytes as they are and gives all that came back until the other side closed, or until `quietMs` without a byte. */
export function sendRaw(
  url: string,
  bytes: string | Buffer,
  quietMs = 1_500,
): Promise<{ text: string; closed: boolean }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString("latin1"), closed });
    };
    socket.setTimeout(quietMs, () => end(false));
    socket.once("error", reject);
    socket.once("close", () => end(true));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.write(bytes);
  });
}

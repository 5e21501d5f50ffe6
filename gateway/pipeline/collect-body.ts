import type { Inbound } from "#gateway/wire/index.ts";

/** Gathers a request's body for a plugin that needs its bytes. Undefined: it has more than `capBytes`; the rest is not read. */
export function collectBody(inbound: Inbound, capBytes: number): Promise<Buffer | undefined> {
  if (inbound.bodyLength !== undefined && inbound.bodyLength > capBytes) return Promise.resolve(undefined);
  const pieces: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    inbound.readBody({
      onBodyData(chunk) {
        bytes += chunk.length;
        if (bytes <= capBytes) return void pieces.push(Buffer.from(chunk));
        inbound.pauseBody();
        resolve(undefined);
      },
      onBodyEnd: () => resolve(Buffer.concat(pieces)),
    });
  });
}

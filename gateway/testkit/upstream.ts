import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  rawHeaders: string[];
  body: string;
}

export interface Upstream {
  url: string;
  port: number;
  seen: SeenRequest[];
  /** The last request, which must have come. */
  last(): SeenRequest;
  stop(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A service behind the gateway that remembers what reached it. By default it answers 200 and a small JSON. */
export async function startUpstream(answer: Answer = answerOk, port = 0): Promise<Upstream> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A client that goes away in the middle is part of some tests.
    request.on("error", () => {});
    request.once("end", () => {
      const body = Buffer.concat(chunks).toString();
      const { method = "", url = "", headers, rawHeaders } = request;
      seen.push({ method, url, headers, rawHeaders, body });
      answer(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  // A TCP server's address is an AddressInfo; strings are for pipes.
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    seen,
    last() {
      const request = seen.at(-1);
      if (!request) throw new Error("nothing reached the upstream");
      return request;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const answerOk: Answer = (_request, response) => {
  response.setHeader("content-type", "application/json");
  response.end('{"ok":true}');
};

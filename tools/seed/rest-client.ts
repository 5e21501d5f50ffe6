import type { z } from "zod";
import { problem } from "#contracts/problem.ts";
import { SeedFailed } from "./seed-failed.ts";

/** The public REST API, parsed with its contracts. */
export interface RestClient {
  get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>>;
  post<T extends z.ZodType>(path: string, body: unknown, schema: T): Promise<z.output<T>>;
  put<T extends z.ZodType>(path: string, body: unknown, schema: T): Promise<z.output<T>>;
  delete<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>>;
  /** A stream's `data` lines, each as JSON, until the server ends it. */
  follow<T extends z.ZodType>(path: string, schema: T, signal: AbortSignal): AsyncGenerator<z.output<T>>;
}

export function restClient(consoleUrl: string, apiToken: string): RestClient {
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${apiToken}`, "content-type": "application/json" };
    const answer = await fetch(`${consoleUrl}/api/v1${path}`, { ...init, headers });
    if (!answer.ok) throw await refusal(answer, `${init.method ?? "GET"} ${path}`);
    return answer;
  };
  const write = async <T extends z.ZodType>(method: string, path: string, body: unknown, schema: T) => {
    const answer = await send(path, { method, body: JSON.stringify(body) });
    return schema.parse(await answer.json());
  };
  return {
    get: async (path, schema) => schema.parse(await (await send(path)).json()),
    post: (path, body, schema) => write("POST", path, body, schema),
    put: (path, body, schema) => write("PUT", path, body, schema),
    delete: async (path, schema) => {
      const answer = await send(path, { method: "DELETE" });
      return schema.parse(answer.status === 204 ? undefined : await answer.json());
    },
    async *follow(path, schema, signal) {
      const answer = await send(path, { signal });
      for await (const data of dataLines(answer.body!)) yield schema.parse(JSON.parse(data));
    },
  };
}

async function refusal(answer: Response, what: string): Promise<SeedFailed> {
  const told = problem.safeParse(await answer.json().catch(() => null));
  const fields = told.data?.fields?.map(({ path, message }) => ` ${path}: ${message}.`).join("") ?? "";
  return new SeedFailed(
    `${what} was answered with ${answer.status}: ${told.data?.detail ?? "no reason given"}${fields}`,
  );
}

/** Server-sent events, of which ours have one `data` line each. */
async function* dataLines(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith("data: ")) yield line.slice("data: ".length);
  }
}

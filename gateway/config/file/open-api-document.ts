import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { request } from "undici";
import { parse } from "yaml";

const FETCH_TIMEOUT_MS = 10_000;

/** `openapi` of an entry: the document itself, a URL, or a path relative to the file that names it. */
export async function readDocument(value: unknown, folder: string, files: string[]): Promise<Record<string, unknown>> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  if (typeof value !== "string") throw new Error("expected a path, a URL or an OpenAPI document");
  const text = /^https?:\/\//.test(value) ? await fetchText(value) : await readText(resolve(folder, value), files);
  const document: unknown = parse(text);
  if (typeof document !== "object" || document === null) throw new Error(`${value} is not an OpenAPI document`);
  return document as Record<string, unknown>;
}

async function readText(file: string, files: string[]): Promise<string> {
  files.push(file);
  return readFile(file, "utf8");
}

async function fetchText(url: string): Promise<string> {
  const { statusCode, body } = await request(url, { headersTimeout: FETCH_TIMEOUT_MS, bodyTimeout: FETCH_TIMEOUT_MS });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return text;
}

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { request } from "undici";
import { parse } from "yaml";
import { messageOf } from "#base/errors.ts";
import type { FileMemory } from "./file-memory.ts";

const FETCH_TIMEOUT_MS = 10_000;

/** `openapi` of an entry: the document itself, a URL, or a path relative to the file that names it. */
export async function readDocument(
  value: unknown,
  folder: string,
  files: string[],
  memory: FileMemory,
): Promise<Record<string, unknown>> {
  if (isDocument(value)) return value;
  if (typeof value !== "string") throw new Error("expected a path, a URL or an OpenAPI document");
  const text = /^https?:\/\//.test(value) ? await fetchText(value) : await readText(resolve(folder, value), files);
  return memory.document(resolve(folder, value), text, () => {
    const document: unknown = parse(text);
    if (!isDocument(document)) throw new Error(`expected an OpenAPI document at ${value}, with members by name`);
    return document;
  });
}

function isDocument(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readText(file: string, files: string[]): Promise<string> {
  files.push(file);
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`${messageOf(error)}; expected an OpenAPI document there`, { cause: error });
  }
}

async function fetchText(url: string): Promise<string> {
  const { statusCode, body } = await request(url, { headersTimeout: FETCH_TIMEOUT_MS, bodyTimeout: FETCH_TIMEOUT_MS });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return text;
}

/** An OpenAPI document from `GET /orders/{id}` → operationId and summary. */
export function openApiOf(title: string, version: string, operations: Record<string, [id: string, summary: string]>) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [line, [operationId, summary]] of Object.entries(operations)) {
    const [method = "", path = ""] = line.split(" ");
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    (paths[path] ??= {})[method.toLowerCase()] = {
      operationId,
      summary,
      parameters: names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      responses: { 200: { description: "Done" } },
    };
  }
  return JSON.stringify({ openapi: "3.1.0", info: { title, version }, paths }, null, 2);
}

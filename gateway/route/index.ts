/**
 * Route: which API and which operation a request means. One path normalisation, then host, then listen path on segment
 * boundaries, then the templates of the API's OpenAPI document. It must not know what an API does with the request: it
 * stores whatever value it is given and hands it back.
 */
export { normalisePath } from "./normalise-path.ts";
export { HostRouter } from "./host-router.ts";
export type { RoutedPlace } from "./listen-tree.ts";
export { OperationRouter, type OperationMatch } from "./operation-router.ts";
export { matchTemplate, namesOf, parseTemplate, fillTemplate, type Template } from "./template.ts";

/** The table of the public API: what each path takes, asks for and answers. The OpenAPI document is made from it. */
import type { TenantRoute } from "../route.ts";
import { accessRoutes } from "./access-routes.ts";
import { apiRoutes } from "./api-routes.ts";
import { clusterRoutes } from "./cluster-routes.ts";
import { environmentRoutes } from "./environment-routes.ts";
import { gatewayRoutes } from "./gateway-routes.ts";

export { nodeRoutes } from "./link-routes.ts";

export const tenantRoutes: TenantRoute[] = [
  ...environmentRoutes,
  ...clusterRoutes,
  ...gatewayRoutes,
  ...apiRoutes,
  ...accessRoutes,
];

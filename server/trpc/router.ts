import { createCallerFactory, router } from "./procedures.ts";
import { analyticsRouter, keyRouter, policyRouter } from "./routers/access.ts";
import { apiRouter, revisionRouter } from "./routers/api.ts";
import { authRouter } from "./routers/auth.ts";
import { clusterRouter, enrolmentRouter } from "./routers/cluster.ts";
import { environmentRouter } from "./routers/environment.ts";
import { gatewayRouter } from "./routers/gateway.ts";
import { apiTokenRouter, auditRouter, memberRouter, organisationRouter, regionRouter } from "./routers/organisation.ts";
import { runRouter } from "./routers/run.ts";

export const appRouter = router({
  analytics: analyticsRouter,
  api: apiRouter,
  apiToken: apiTokenRouter,
  audit: auditRouter,
  auth: authRouter,
  cluster: clusterRouter,
  enrolment: enrolmentRouter,
  environment: environmentRouter,
  gateway: gatewayRouter,
  key: keyRouter,
  member: memberRouter,
  organisation: organisationRouter,
  policy: policyRouter,
  region: regionRouter,
  revision: revisionRouter,
  run: runRouter,
});
export type AppRouter = typeof appRouter;

export const createCaller = createCallerFactory(appRouter);

import type { z } from "zod";
import type * as views from "#contracts/console/views.ts";

/** What the console's procedures answer, as types: nothing of zod reaches the browser through this file. */
export type Me = z.infer<typeof views.me>;
export type Organisation = z.infer<typeof views.organisationView>;
export type Region = z.infer<typeof views.regionView>;
export type RunSummary = z.infer<typeof views.runSummary>;
export type RunDetail = z.infer<typeof views.runDetail>;
export type RunEvent = z.infer<typeof views.runEventView>;
export type Deployment = z.infer<typeof views.deploymentView>;
export type Environment = z.infer<typeof views.environmentView>;
export type GatewayNode = z.infer<typeof views.nodeView>;
export type ClusterDetail = z.infer<typeof views.clusterDetail>;
export type EnrolmentToken = z.infer<typeof views.enrolmentTokenView>;
export type EnrolmentCreated = z.infer<typeof views.enrolmentTokenCreated>;
export type ApiToken = z.infer<typeof views.apiTokenView>;
export type Member = z.infer<typeof views.memberView>;
export type ApiDetail = z.infer<typeof views.apiDetailView>;
export type PolicyDetail = z.infer<typeof views.policyDetailView>;
export type KeyDetail = z.infer<typeof views.keyDetailView>;
export type GatewaySettingsDetail = z.infer<typeof views.gatewaySettingsDetailView>;
export type SettingsMember = z.infer<typeof views.settingsMember>;
export type { ApiPreview, ApiView } from "#contracts/plane/apis.ts";
export type { AuditView, KeyCreated, KeyView, PolicyView, RevisionView } from "#contracts/plane/entities.ts";
export type { AnalyticsRange, AnalyticsReport } from "#contracts/plane/analytics.ts";

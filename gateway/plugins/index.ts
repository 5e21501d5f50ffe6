/**
 * Plugins: each folder is one thing that an API may ask for. This file alone knows them all, and its order is the order
 * within a phase. A plugin must not import another plugin, keep state between requests other than through its deps, or
 * decide per request what its configuration decided at load.
 */
import type { AnyPlugin } from "#gateway/pipeline/index.ts";
import { access } from "./access/index.ts";
import { authenticate } from "./authenticate/index.ts";
import { bodyLimit } from "./body-limit/index.ts";
import { cors, corsAnswers } from "./cors/index.ts";
import { errors } from "./errors/index.ts";
import { ipAccess } from "./ip-access/index.ts";
import { limits } from "./limits/index.ts";
import { operationBlock } from "./operation-block/index.ts";
import { recording } from "./recording/index.ts";
import { requestHeaders } from "./request-headers/index.ts";
import { responseHeaders } from "./response-headers/index.ts";
import { rewrite } from "./rewrite/index.ts";
import { versionNotice } from "./version-notice/index.ts";
import { tokenEndpoint } from "./token-endpoint/index.ts";

export const plugins: readonly AnyPlugin[] = Object.freeze([
  recording,
  cors,
  ipAccess,
  operationBlock,
  bodyLimit,
  tokenEndpoint,
  authenticate,
  access,
  limits,
  rewrite,
  requestHeaders,
  responseHeaders,
  corsAnswers,
  versionNotice,
  errors,
]);

/**
 * Processes: one primary (configuration, link, disk, admin) and its workers (traffic), and what they say to each other. A
 * worker holds nothing that cannot be given to its successor; the primary never touches a request. Workers end when the
 * primary does: a gateway without its primary would serve a configuration that nobody can change.
 */
export { startPrimary, type RunningGateway } from "./primary.ts";
export type { FromWorker, ToWorker, WorkerSettings } from "./messages.ts";

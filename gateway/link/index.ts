/**
 * Link: a node's side of the connection to its control plane. Enrols with a token, keeps a credential bound to its own key,
 * holds one outbound WebSocket, and hands configurations and keys to the node through the same door as files do. It must
 * never stop a node from serving what it knows, never guess, and never report what the node did not do.
 */
export { LinkSource, type LinkSourceOptions } from "./link-source.ts";

/**
 * Config: from text to something that can be served. Strict parse, then compile everything in memory, then one swap, then
 * the last-known-good. A configuration that fails changes nothing. Files and the link come through the same door
 * (`Configuration`). It must not open sockets for traffic, and must not serve half of a configuration.
 */
export type { Applied, Configuration, ParsedConfiguration } from "./configuration.ts";
export { RefusedConfiguration, faultOf } from "./refused-configuration.ts";
export { prepare, type Prepared } from "./prepare.ts";
export { readNodeSettings } from "./file/read-node-settings.ts";
export { demandCertificate, proveCertificates, proveCiphers } from "./certificate-faults.ts";
export { FileSource } from "./file/file-source.ts";
export { ChangeRefused, type ListedKey, type Management, type Reason } from "./management.ts";
export type { ConfiguredNode, NodeFigures, Source } from "./source.ts";
export { Generations, type Generation } from "./generations.ts";

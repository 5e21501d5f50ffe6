/** Fields that `Connection` names besides its own words: they go no further (RFC 9110, 7.6.1). In lower case. */
export function namesOfConnection(connection: string | undefined): string[] | undefined {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return undefined;
  return connection
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
}

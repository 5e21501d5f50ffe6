const REGISTRY = "https://registry.npmjs.org/";

/**
 * What keeps `npm ci` from installing this lock file elsewhere. npm leaves out other platforms' binaries when it writes a
 * lock file beside a `node_modules` that has only this one's, and then refuses the file.
 */
export function lockProblems({ packages }) {
  const names = new Set(Object.keys(packages).map((place) => place.split("node_modules/").at(-1)));
  const entries = Object.entries(packages);
  const missing = entries.flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map((name) => `${name}: no entry, though ${place || "package.json"} depends on it`),
  );
  const elsewhere = entries
    .filter(([, { resolved }]) => resolved && !resolved.startsWith(REGISTRY))
    .map(([place]) => `${place}: resolved from another place than the public registry`);
  return [...missing, ...elsewhere];
}

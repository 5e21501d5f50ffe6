import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";

export function readConfig(root) {
  return extractConfig(join(root, ".dependency-cruiser.mjs"));
}

/** Reads all code below `places` of `root` and holds it against the rules; paths in the answer are relative to `root`. */
export async function cruiseRooms({ forbidden, options }, root, places) {
  const tsConfig = extractTsConfig(join(import.meta.dirname, "../..", options.tsConfig.fileName));
  const { output } = await cruise(
    places,
    { ...options, ruleSet: { forbidden }, validate: true, baseDir: root },
    undefined,
    { tsConfig },
  );
  return { modules: output.modules, violations: output.summary.violations };
}

import { join, resolve } from "node:path";
import { build, type Metafile } from "esbuild";

export const repository = resolve(import.meta.dirname, "..");

/** One process of ours as one file that runs alone under the pinned Node; gives what went into it. */
export async function bundleForNode(entry: string, outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [join(repository, entry)],
    outfile: join(repository, outfile),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: true,
    metafile: true,
    // Each process holds its text: a third of it was space. Names stay, and lines that a stack trace can name.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    logLevel: "error",
    absWorkingDir: repository,
    // Optional native parts that their owners do without.
    external: ["pg-native", "bufferutil", "utf-8-validate", "pino-pretty"],
    // Packages written as CommonJS call `require` for Node's own modules.
    banner: {
      js: 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);',
    },
  });
  return metafile;
}

import type { PathGrant } from "#contracts/policy/policy.ts";
import { matchTemplate, parseTemplate, type Template } from "#gateway/route/index.ts";

/** A path that a grant opens. */
export interface PathRule {
  /** Null: every method. */
  methods: ReadonlySet<string> | null;
  template: Template;
}

export function compilePaths(paths: readonly PathGrant[]): PathRule[] {
  return paths.map(({ methods, path }) => ({
    methods: methods ? withHead(methods) : null,
    template: parseTemplate(path),
  }));
}

/** `path` is below the listen path, normalised. */
export function opensPath(rules: readonly PathRule[], method: string, path: string): boolean {
  return rules.some(
    ({ methods, template }) => (methods === null || methods.has(method)) && matchTemplate(template, path) !== undefined,
  );
}

/** RFC 9110, 9.3.2: HEAD is GET without the body. */
function withHead(methods: readonly string[]): Set<string> {
  return new Set(methods.includes("GET") ? [...methods, "HEAD"] : methods);
}

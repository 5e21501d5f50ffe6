/** What is read of a zod issue, without depending on zod. */
export interface SchemaIssue {
  code?: string;
  path: readonly PropertyKey[];
  message: string;
  /** Of `unrecognized_keys`: the unknown members of a strict object. */
  keys?: readonly string[];
  /** Of `invalid_union`: the issues of each form. */
  errors?: readonly (readonly SchemaIssue[])[];
  /** Of `invalid_type`. */
  expected?: string;
  /** Of `invalid_value`. */
  values?: readonly unknown[];
}

/** One thing that is wrong with an input: where, and what was expected there. */
export interface Explained {
  path: PropertyKey[];
  message: string;
}

/**
 * What is wrong, in words for people. Unknown members are named by their own path. A union of short and full forms fails
 * with one list of issues a form; what is told is the form that the input was meant to be: the one whose type it has, and
 * that it fits deepest.
 */
export function explainIssues(issues: readonly SchemaIssue[]): Explained[] {
  return issues.flatMap((issue) => explain(issue, []));
}

function explain(issue: SchemaIssue, above: readonly PropertyKey[]): Explained[] {
  const path = [...above, ...issue.path];
  if (issue.keys) return issue.keys.map((key) => ({ path: [...path, key], message: "is not known here" }));
  if (!issue.errors || issue.errors.length === 0) return [{ path, message: issue.message }];
  const meant = issue.errors.filter((form) => !form.some(isOtherType));
  if (meant.length === 0) return [{ path, message: `expected ${typesOf(issue.errors)}` }];
  const deepest = meant.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0]!;
  return deepest.flatMap((inner) => explain(inner, path));
}

/** The input is of another type than this form begins with. */
function isOtherType({ path, code }: SchemaIssue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}

function typesOf(forms: readonly (readonly SchemaIssue[])[]): string {
  const names = forms.flatMap((form) => form.filter(isOtherType).map(nameOf));
  return [...new Set(names)].join(" or ");
}

function nameOf({ expected, values, message }: SchemaIssue): string {
  return expected ?? values?.map(String).join(" or ") ?? message;
}

function depthOf(form: readonly SchemaIssue[]): number {
  return Math.max(0, ...form.map(({ path }) => path.length));
}

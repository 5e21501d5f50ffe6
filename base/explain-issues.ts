import { closest } from "./closest.ts";

/** What is read of a zod issue, without depending on zod. */
export interface SchemaIssue {
  code?: string;
  path: readonly PropertyKey[];
  message: string;
  /** Of `unrecognized_keys`: the unknown members of a strict object. */
  keys?: readonly string[];
  /** Of `invalid_union`: the issues of each form. */
  errors?: readonly (readonly SchemaIssue[])[];
  /** Of `invalid_key`: what is wrong with the name of an entry. */
  issues?: readonly SchemaIssue[];
  /** Of `invalid_type`. */
  expected?: string;
  /** Of `invalid_value`. */
  values?: readonly unknown[];
  /** Of `too_small` and `too_big`. */
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
}

/** One thing that is wrong with an input: where, and what was expected there. */
export interface Explained {
  path: PropertyKey[];
  message: string;
}

/** Names of the members that may stand at a path. */
export type KnownMembers = (path: readonly PropertyKey[]) => readonly string[];

/**
 * What is wrong, in words for people. Unknown members are named by their own path, with the name that was probably meant.
 * A union of short and full forms fails with one list of issues a form; what is told is the form that the input was meant
 * to be: the one whose type it has, and that it fits deepest.
 */
export function explainIssues(issues: readonly SchemaIssue[], known: KnownMembers = () => []): Explained[] {
  return issues.flatMap((issue) => explain(issue, [], known));
}

function explain(issue: SchemaIssue, above: readonly PropertyKey[], known: KnownMembers): Explained[] {
  const path = [...above, ...issue.path];
  if (issue.keys) return issue.keys.map((key) => ({ path: [...path, key], message: unknown(key, known(path)) }));
  if (issue.issues) return issue.issues.flatMap((inner) => explain({ ...inner, path: [] }, path, known));
  if (!issue.errors || issue.errors.length === 0) return [{ path, message: inWords(issue) }];
  const meant = issue.errors.filter((form) => !form.some(isOtherType));
  // A union that has words of its own knows better what it is than any form that fits no part of the input.
  if (isOwnText(issue) && meant.every((form) => depthOf(form) === 0)) return [{ path, message: issue.message }];
  if (meant.length === 0) {
    const missing = issue.errors.some((form) => form.some(({ message }) => message.endsWith(" undefined")));
    return [{ path, message: `${missing ? "is missing; " : ""}expected ${oneOf(typesOf(issue.errors))}` }];
  }
  const deepest = meant.toSorted((a, b) => strangersIn(a) - strangersIn(b) || depthOf(b) - depthOf(a))[0]!;
  return deepest.flatMap((inner) => explain(inner, path, known));
}

/** The input is of another type than this form begins with. */
function isOtherType({ path, code, errors = [] }: SchemaIssue): boolean {
  if (path.length > 0) return false;
  if (errors.length > 0) return errors.every((form) => form.some(isOtherType));
  return code === "invalid_type" || code === "invalid_value";
}

function unknown(key: string, members: readonly string[]): string {
  // Known elsewhere, in another form: to suggest it once more would help nobody.
  const names = members.filter((name) => name !== key);
  const meant = closest(key, names);
  if (meant !== undefined) return `is not known here; did you mean ${meant}?`;
  const list = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), "…"] : names;
  return list.length > 0 ? `is not known here; known: ${list.join(", ")}` : "is not known here";
}

/** Zod's own sentences are for programmers; those that our schemas bring are passed on as they are. */
function inWords(issue: SchemaIssue): string {
  const { code, message, expected, values, origin, minimum, maximum } = issue;
  if (isOwnText(issue)) return message;
  if (code === "invalid_type") {
    const got = /received (\S+)$/.exec(message)?.[1];
    return got === "undefined" ? `is missing; expected ${nameOf(issue)}` : `expected ${nameOf(issue)}, not ${got}`;
  }
  if (values) return `expected ${oneOf(values.map(String))}`;
  if (code === "too_small") return `expected ${measure(origin, "at least", minimum)}`;
  if (code === "too_big") return `expected ${measure(origin, "at most", maximum)}`;
  return expected === undefined ? `expected another value: ${message}` : `expected ${expected}`;
}

/** Written by us: zod's begin with these words. */
function isOwnText({ message }: SchemaIssue): boolean {
  return !/^(Invalid|Too (big|small)|Unrecognized)/.test(message);
}

function measure(origin: string | undefined, bound: string, count: number | bigint | undefined): string {
  if (origin === "string") return `${bound} ${count} character${count === 1 ? "" : "s"}`;
  if (origin === "array") return `${bound} ${count} entr${count === 1 ? "y" : "ies"}`;
  return `a number of ${bound} ${count}`;
}

function typesOf(forms: readonly (readonly SchemaIssue[])[]): string[] {
  return forms.flatMap((form) =>
    form
      .filter(isOtherType)
      .flatMap((issue) => (issue.errors ? typesOf(issue.errors) : (issue.values?.map(String) ?? nameOf(issue)))),
  );
}

function oneOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return distinct.length < 2 ? (distinct[0] ?? "") : `${distinct.slice(0, -1).join(", ")} or ${distinct.at(-1)!}`;
}

const TYPE_NAMES: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "members by name",
  record: "members by name",
  string: "text",
};

function nameOf({ expected, values, message }: SchemaIssue): string {
  if (values) return oneOf(values.map(String));
  return expected === undefined ? message : (TYPE_NAMES[expected] ?? expected);
}

function depthOf(form: readonly SchemaIssue[]): number {
  return Math.max(0, ...form.map(({ path }) => path.length));
}

/** Members that this form does not know, and those that it misses: the form with the fewest is the one that was meant. */
function strangersIn(form: readonly SchemaIssue[]): number {
  return form.reduce((sum, { keys, path }) => sum + (path.length === 0 ? (keys?.length ?? 0) : 0), 0);
}

const MOST_NAMES = 12;

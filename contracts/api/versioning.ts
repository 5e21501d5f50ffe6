import { z } from "zod";
import type { LIFECYCLE } from "./lifecycle.ts";
import { headerName, httpUrl } from "./primitives.ts";

/** Several versions of an API at one listen path. What the API says holds for each; a version says what differs. */

const MOST_VERSIONS = 50;

const moment = z.iso.datetime({ offset: true, error: "expected a time such as 2027-01-01T00:00:00Z" });
const versionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/, "use letters, digits, dots, dashes and underscores, at most 32");

const by = z.union(
  [
    z.literal("path"),
    z.strictObject({ header: headerName.describe("The request's header that names the version.") }),
    z.strictObject({
      query: z.string().min(1).max(100).describe("The parameter of the query that names the version."),
    }),
  ],
  { error: "expected path, { header } or { query }" },
);

const lifecycle = {
  state: z
    .enum(["active", "deprecated", "retired"])
    .default("active")
    .describe("`deprecated`: answers say so. `retired`: 410 `version_retired`."),
  deprecatedAt: moment
    .optional()
    .describe("Since when it is deprecated, or from when it will be: the `Deprecation` header (RFC 9745)."),
  sunset: moment.optional().describe("When it goes away: the `Sunset` header (RFC 8594)."),
  afterSunset: z
    .enum(["serve", "refuse"])
    .default("serve")
    .describe("What becomes of calls after `sunset`: served on, or 410 `version_retired`."),
  link: httpUrl
    .optional()
    .describe("A page about it: `Link` with the relations `deprecation` (RFC 9745) and `sunset` (RFC 8594)."),
} satisfies Record<(typeof LIFECYCLE)[number], z.ZodType>;

type Lifecycle = z.infer<z.ZodObject<typeof lifecycle>>;
type Undefaulted<S extends z.ZodType> = S extends z.ZodDefault<infer Inner> | z.ZodPrefault<infer Inner> ? Inner : S;
type Overrides<Shape extends z.ZodRawShape> = {
  [Name in keyof Shape]: Shape[Name] extends z.ZodType ? z.ZodOptional<Undefaulted<Shape[Name]>> : never;
};

/** The same members, each of them absent where nothing is said: a default would hide what the API says. */
function overridesOf<Shape extends z.ZodRawShape>(shape: Shape): Overrides<Shape> {
  const entries = Object.entries(shape).map(([name, member]) => {
    const isDefaulted = member instanceof z.ZodDefault || member instanceof z.ZodPrefault;
    const bare = (isDefaulted ? member.unwrap() : member) as z.ZodType;
    const { description } = member as z.ZodType;
    return [name, description === undefined ? bare.optional() : bare.optional().describe(description)];
  });
  // Each entry was made of the member of its name.
  return Object.fromEntries(entries) as Overrides<Shape>;
}

/** `versioning` of an API whose other members are `behaviour`. */
export function versioningOf<Behaviour extends z.ZodRawShape, Own extends z.ZodRawShape>(
  behaviour: Behaviour,
  own: Own,
) {
  const version = z
    .strictObject({ ...lifecycle, ...overridesOf(behaviour), ...own })
    .refine((version) => isWhole(version, "deprecatedAt", ({ state }) => state === "deprecated"), {
      path: ["deprecatedAt"],
      error: "expected since when the version is deprecated, such as 2026-01-01T00:00:00Z",
    })
    .refine((version) => isWhole(version, "sunset", ({ afterSunset }) => afterSunset === "refuse"), {
      path: ["sunset"],
      error: "expected when the version goes away, such as 2027-01-01T00:00:00Z",
    });
  return z
    .strictObject({
      by: by.describe(
        "Where a call names its version: a header, a parameter, or `path`: the segment after the listen path.",
      ),
      default: versionName
        .optional()
        .describe("The version of calls that name none. Absent: they are refused with 404 `version_unknown`."),
      versions: z
        .record(versionName, version)
        .refine((versions) => Object.keys(versions).length > 0, "expected at least one version")
        .refine(
          (versions) => Object.keys(versions).length <= MOST_VERSIONS,
          `expected at most ${MOST_VERSIONS} versions`,
        )
        .describe("Versions by name. Each has the members of its API that are other there."),
    })
    .refine((value) => value.default === undefined || Object.hasOwn(value.versions, value.default), {
      path: ["default"],
      error: "expected the name of one of the versions",
    });
}

function isWhole(version: object, member: keyof Lifecycle, needsIt: (about: Lifecycle) => boolean): boolean {
  // Parsed a moment ago by an object that has these members; what else it has is the caller's.
  const about = version as Lifecycle;
  return about[member] !== undefined || !needsIt(about);
}

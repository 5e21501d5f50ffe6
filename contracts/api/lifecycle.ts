/** Members of a version that say how long it is served, and not what it does. */
export const LIFECYCLE = ["state", "deprecatedAt", "sunset", "afterSunset", "link"] as const;

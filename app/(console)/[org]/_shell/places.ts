/** The places of an environment, in the order of the navigation. */
export function placesOf(org: string, environment: string) {
  const base = `/${org}/${environment}`;
  return [
    { name: "Overview", href: base, icon: "overview" },
    { name: "APIs", href: `${base}/apis`, icon: "apis" },
    { name: "Policies", href: `${base}/policies`, icon: "policies" },
    { name: "Keys", href: `${base}/keys`, icon: "keys" },
    { name: "Clusters", href: `${base}/clusters`, icon: "clusters" },
    { name: "Analytics", href: `${base}/analytics`, icon: "analytics" },
    { name: "Activity", href: `${base}/activity`, icon: "activity" },
    { name: "Settings", href: `${base}/settings`, icon: "settings" },
  ] as const;
}

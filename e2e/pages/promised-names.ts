import type { Page } from "@playwright/test";
import { rest, type Seeded } from "./seeded.ts";

type Role = Parameters<Page["getByRole"]>[0];

/** A page, and the names on it that scripts and assistive technology rely on. */
export interface PromisedPage {
  path: string;
  names: [role: Role, name: string | RegExp][];
}

const places = ["Overview", "APIs", "Policies", "Keys", "Clusters", "Analytics", "Activity", "Settings"];
const links = (...names: string[]) => names.map((name): [Role, string] => ["link", name]);
const heading = (name: string): [Role, string] => ["heading", name];

export const doors: PromisedPage[] = [
  {
    path: "/sign-up",
    names: [
      ["textbox", "Email"],
      ["textbox", "Password"],
      ["textbox", "Organisation"],
      ["button", "Create account"],
    ],
  },
  {
    path: "/sign-in",
    names: [
      ["textbox", "Email"],
      ["textbox", "Password"],
      ["button", "Sign in"],
    ],
  },
  {
    path: "/reset",
    names: [
      ["textbox", "Email"],
      ["button", "Send link"],
    ],
  },
  {
    path: "/reset/new?token=x",
    names: [
      ["textbox", "Password"],
      ["button", "Change password"],
    ],
  },
  { path: "/verify?token=x", names: [["button", "Verify address"]] },
  { path: "/outbox", names: [heading("Outbox")] },
];

/** Of an organisation, whether or not anything stands in it. */
export function organisationPages(org: string, name: string): PromisedPage[] {
  const regions: [Role, string][] = ["Dublin", "Virginia", "Singapore"].map((region) => ["radio", region]);
  return [
    { path: `/${org}`, names: [heading(name), ...links("New environment")] },
    {
      path: `/${org}/new`,
      names: [["textbox", "Environment name"], ["radiogroup", "Home region"], ...regions, ["button", "Deploy"]],
    },
    {
      path: `/${org}/~/settings`,
      names: [
        ["table", "Members"],
        ["button", "New token"],
      ],
    },
  ];
}

/** Of an environment, whether or not anything is configured in it. */
export function environmentPages(base: string): PromisedPage[] {
  const cluster: [Role, string][] = [
    ["radiogroup", "Kind"],
    ["radio", "Cloud"],
    ["radio", "Hybrid"],
  ];
  const document: [Role, string][] = ["OpenAPI document", "OpenAPI URL", "Upstream URL", "Listen path"].map((name) => [
    "textbox",
    name,
  ]);
  const choices: [Role, string][] = [
    ["group", "Policies"],
    ["group", "APIs"],
  ];
  return [
    { path: base, names: links(...places, "Add cluster") },
    { path: `${base}/apis`, names: links("New API") },
    { path: `${base}/apis/new`, names: [...document, ["button", "Create API"]] },
    { path: `${base}/policies`, names: links("New policy") },
    {
      path: `${base}/policies/new`,
      names: [
        ["textbox", "Name"],
        ["button", "Create policy"],
      ],
    },
    { path: `${base}/keys`, names: links("New key") },
    { path: `${base}/keys/new`, names: [["textbox", "Name"], ...choices, ["button", "Create key"]] },
    { path: `${base}/clusters`, names: links("Add cluster") },
    {
      path: `${base}/clusters/new`,
      names: [...cluster, ["textbox", "Name"], ["radiogroup", "Region"], ["button", "Deploy"]],
    },
    { path: `${base}/analytics`, names: [["table", "Calls by API"]] },
    { path: `${base}/activity`, names: [["list", "Changes"]] },
    { path: `${base}/activity?view=runs`, names: [["table", "Runs"]] },
    { path: `${base}/activity?view=revisions`, names: links("Revisions") },
    { path: `${base}/settings`, names: [["button", "Destroy environment"], ...links("Gateways")] },
    { path: `${base}/settings?view=gateways`, names: [["textbox", "Gateway settings"]] },
  ];
}

interface Listed {
  items: { id: string; name: string; latestRun: { id: string } | null }[];
}

/** Of single things, which only a full tenant has. */
export async function thingPages(seeded: Seeded): Promise<PromisedPage[]> {
  const base = `/${seeded.org}/${seeded.environment}`;
  const below = `/environments/${seeded.environment}`;
  const [policy] = (await rest<Listed>(seeded, `${below}/policies`)).items;
  const [key] = (await rest<Listed>(seeded, `${below}/keys`)).items;
  const clusters = (await rest<Listed>(seeded, `${below}/clusters`)).items;
  const remote = clusters.find(({ name }) => name === "Asia Pacific")!;
  const hybrid = seeded.clusters.find(({ kind }) => kind === "hybrid_cluster")!;
  const [node] = (await rest<Listed>(seeded, `/clusters/${remote.id}/nodes`)).items;
  return [
    { path: `${base}/apis/${seeded.api}`, names: [heading("Orders"), ...links("Behaviour", "Source")] },
    { path: `${base}/apis/${seeded.api}?view=settings`, names: [["button", "Save"]] },
    { path: `${base}/apis/${seeded.api}?view=source`, names: [["textbox", "OpenAPI document"]] },
    {
      path: `${base}/apis/${seeded.api}?view=source&source=gateway`,
      names: [
        ["textbox", "Gateway settings"],
        ["searchbox", "Search members"],
        ["region", "Members found"],
      ],
    },
    {
      path: `${base}/policies/${policy!.id}`,
      names: [heading(policy!.name), ...links("Form", "Source"), ["group", "APIs"], ["button", "Save"]],
    },
    { path: `${base}/policies/${policy!.id}?view=source`, names: [["textbox", "Policy"]] },
    {
      path: `${base}/keys/${key!.id}`,
      names: [
        heading(key!.name),
        ...links("Form", "Source"),
        ["group", "Policies"],
        ["button", "Save"],
        ["button", "Revoke"],
      ],
    },
    { path: `${base}/keys/${key!.id}?view=source`, names: [["textbox", "Key"]] },
    {
      path: `${base}/clusters/${remote.id}`,
      names: [heading(remote.name), ["table", "Nodes"], ...links("Gateway settings")],
    },
    { path: `${base}/clusters/${remote.id}?view=settings`, names: [["textbox", "Gateway settings"]] },
    { path: `${base}/clusters/${remote.id}/nodes/${node!.id}`, names: [["button", "Retire"]] },
    { path: `${base}/clusters/${hybrid.id}`, names: [["table", "Enrolment tokens"]] },
    {
      path: `${base}/runs/${remote.latestRun!.id}`,
      names: [
        ["log", "Progress"],
        ["status", ""],
      ],
    },
    {
      path: `${base}/analytics`,
      names: [
        ["figure", /Calls over time/],
        ["table", "Calls by API"],
      ],
    },
  ];
}

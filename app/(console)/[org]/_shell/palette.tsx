"use client";

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useTheme } from "next-themes";
import { useParams, useRouter } from "next/navigation";
import { useEffect, useRef, type ReactNode } from "react";
import { placesOf } from "./places.ts";
import { signOut } from "./sign-out.ts";
import { useTRPC } from "#app/_trpc/client.tsx";
import type { Environment } from "#app/_trpc/views.ts";

/** Everywhere from anywhere: places, environments, APIs, and the few acts that need no form. */
export function Palette({
  org,
  environments,
  onClose,
}: {
  org: string;
  environments: Pick<Environment, "slug" | "name">[];
  onClose: () => void;
}) {
  const router = useRouter();
  const { setTheme } = useTheme();
  const { environment } = useParams<{ environment?: string }>();
  const known = environments.find(({ slug }) => slug === environment);
  const dialog = useRef<HTMLDialogElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // By itself the browser would choose the list's frame, and what is typed would go nowhere.
    input.current?.focus();
  }, []);
  const go = (href: string) => () => {
    onClose();
    router.push(href);
  };
  return (
    // A press beside the palette closes it; by keyboard that is Escape, which the browser answers itself.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={dialog}
      aria-label="Go to"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className="mx-auto mt-[12vh] w-[calc(100%-32px)] max-w-xl overflow-hidden rounded-lg border border-line-strong bg-surface p-0"
    >
      <Command label="Go to" loop>
        <Command.Input
          ref={input}
          placeholder="Go to a place, an API, or do something"
          className="h-12 w-full border-b bg-transparent px-4 outline-none placeholder:text-ink-3"
        />
        <Command.List className="hairline-scroll max-h-[50vh] overflow-y-auto p-1.5">
          <Command.Empty className="px-3 py-6 text-ink-2">Nothing of that name. Try a shorter word.</Command.Empty>
          {known && (
            <Group heading={known.name}>
              {placesOf(org, known.slug).map((place) => (
                <Item key={place.href} onSelect={go(place.href)}>
                  {place.name}
                </Item>
              ))}
              <Item onSelect={go(`/${org}/${known.slug}/apis/new`)}>New API</Item>
              <Item onSelect={go(`/${org}/${known.slug}/policies/new`)}>New policy</Item>
              <Item onSelect={go(`/${org}/${known.slug}/keys/new`)}>New key</Item>
              <Item onSelect={go(`/${org}/${known.slug}/clusters/new`)}>Add cluster</Item>
            </Group>
          )}
          {known && <Apis org={org} environment={known.slug} go={go} />}
          <Group heading="Organisation">
            <Item onSelect={go(`/${org}`)}>Home</Item>
            {environments
              .filter(({ slug }) => slug !== environment)
              .map(({ slug, name }) => (
                <Item key={slug} onSelect={go(`/${org}/${slug}`)}>
                  Environment {name}
                </Item>
              ))}
            <Item onSelect={go(`/${org}/new`)}>New environment</Item>
            <Item onSelect={go(`/${org}/~/settings`)}>Members, API tokens and account</Item>
          </Group>
          <Group heading="Do">
            {(["light", "dark", "system"] as const).map((theme) => (
              <Item key={theme} onSelect={() => setTheme(theme)}>
                Theme: {theme}
              </Item>
            ))}
            <Item onSelect={() => void signOut()}>Sign out</Item>
          </Group>
        </Command.List>
      </Command>
    </dialog>
  );
}

function Apis({ org, environment, go }: { org: string; environment: string; go: (href: string) => () => void }) {
  const trpc = useTRPC();
  const apis = useQuery(trpc.api.list.queryOptions({ org, environment }));
  if (!apis.data?.length) return null;
  return (
    <Group heading="APIs">
      {apis.data.map((api) => (
        <Item
          key={api.id}
          value={`${api.name} ${api.listenPath}`}
          onSelect={go(`/${org}/${environment}/apis/${api.id}`)}
        >
          {api.name}
          <code className="ml-auto text-sm text-ink-3">{api.listenPath}</code>
        </Item>
      ))}
    </Group>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}

function Item({ onSelect, value, children }: { onSelect: () => void; value?: string; children: ReactNode }) {
  return (
    <Command.Item
      onSelect={onSelect}
      value={value}
      className="flex h-9 cursor-pointer items-center gap-2 rounded-sm px-2.5 data-[selected=true]:bg-sunken"
    >
      {children}
    </Command.Item>
  );
}

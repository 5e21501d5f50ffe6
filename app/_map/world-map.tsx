"use client";

import { clsx } from "clsx";
import type { CSSProperties } from "react";
import type { Place } from "#app/_map/place.ts";
import { mapBox, type Spot } from "#app/_map/map-box.ts";

/** `home` and `cluster` burn; `waiting` is being built; `attention` asks for a person; `idle` is a region not in use. */
export type LampKind = "home" | "cluster" | "waiting" | "attention" | "idle";

export interface MapLamp extends Place {
  kind: LampKind;
  /** Said after the name: `2 clusters`. */
  caption?: string;
}

export interface MapLink {
  id: string;
  from: Spot;
  to: Spot;
  /** Calls run over it now: the line moves. */
  busy: boolean;
  /** The link is down or not yet up. */
  broken?: boolean;
}

const noLinks: MapLink[] = [];

/**
 * The signature of the console: quiet land, regions as lamps, links as thin roads that carry traffic. Decoration for
 * those who see it; whatever it shows stands in words beside it.
 */
export function WorldMap({
  lamps,
  links = noLinks,
  visitor,
  pointed,
  onSelect,
  onPoint,
  className,
}: {
  lamps: MapLamp[];
  links?: MapLink[];
  /** Where the visitor is, about. */
  visitor?: Spot | null;
  /** The lamp to be lifted out. */
  pointed?: string | null;
  onSelect?: (id: string) => void;
  onPoint?: (id: string | null) => void;
  className?: string;
}) {
  return (
    <div
      aria-hidden="true"
      className={clsx("relative w-full select-none", className)}
      style={{ aspectRatio: `${mapBox.width} / ${mapBox.height}` }}
    >
      <div className="absolute inset-0 bg-map-land" style={landMask} />
      <svg viewBox={`0 0 ${mapBox.width} ${mapBox.height}`} className="absolute inset-0 size-full" fill="none">
        {links.map((link) => (
          <Road key={link.id} link={link} />
        ))}
      </svg>
      {visitor && (
        <span
          className="absolute size-1.5 -translate-x-1/2 -translate-y-1/2 rotate-45 bg-ink"
          style={at(visitor)}
          title="You, about"
        />
      )}
      {lamps.map((lamp) => (
        <LampOnMap key={lamp.id} lamp={lamp} pointed={lamp.id === pointed} onSelect={onSelect} onPoint={onPoint} />
      ))}
    </div>
  );
}

const landMask: CSSProperties = {
  maskImage: "url(/land.svg)",
  maskSize: "100% 100%",
  WebkitMaskImage: "url(/land.svg)",
};

const at = ({ x, y }: Spot): CSSProperties => ({
  left: `${(x / mapBox.width) * 100}%`,
  top: `${(y / mapBox.height) * 100}%`,
});

function Road({ link }: { link: MapLink }) {
  const d = roadPath(link.from, link.to);
  const line = { d, vectorEffect: "non-scaling-stroke" } as const;
  if (link.broken) return <path {...line} stroke="var(--line-strong)" strokeWidth="1.25" strokeDasharray="2 4" />;
  return (
    <>
      <path {...line} stroke="var(--paper)" strokeWidth="4" />
      <path {...line} stroke="var(--ink)" strokeWidth="1.25" opacity={link.busy ? 0.35 : 0.7} />
      {link.busy && (
        <path {...line} stroke="var(--ink)" strokeWidth="1.75" strokeDasharray="4 8" className="animate-traffic" />
      )}
    </>
  );
}

/** A road has a slight bow to the north, as a great circle has. */
function roadPath(from: Spot, to: Spot): string {
  const bow = Math.hypot(to.x - from.x, to.y - from.y) * 0.14;
  return `M${from.x} ${from.y}Q${(from.x + to.x) / 2} ${(from.y + to.y) / 2 - bow} ${to.x} ${to.y}`;
}

function LampOnMap({
  lamp,
  pointed,
  onSelect,
  onPoint,
}: {
  lamp: MapLamp;
  pointed: boolean;
  onSelect: ((id: string) => void) | undefined;
  onPoint: ((id: string | null) => void) | undefined;
}) {
  const loud = pointed || lamp.kind !== "idle";
  return (
    // For the mouse only: the same choice stands in words beside the map, and there for the keyboard.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <div
      className={clsx("absolute size-0", pointed && "z-10", onSelect && "cursor-pointer")}
      style={at(lamp)}
      onClick={() => onSelect?.(lamp.id)}
      onMouseEnter={() => onPoint?.(lamp.id)}
      onMouseLeave={() => onPoint?.(null)}
    >
      <span className="absolute -top-4 -left-4 grid size-8 place-items-center">
        <span
          className={clsx(
            "rounded-full ring-3 ring-paper",
            lampLooks[lamp.kind],
            pointed && "outline-2 outline-offset-4 outline-ink",
          )}
        />
      </span>
      <span
        className={clsx(
          "pointer-events-none absolute rounded-sm bg-paper/85 px-1 text-xs leading-4 whitespace-nowrap sm:-top-2",
          // On a small map a name beside its lamp would run over the edge: there it stands below.
          "max-sm:top-2.5 max-sm:left-0 max-sm:-translate-x-1/2",
          lamp.side === "left" ? "sm:right-2.5 sm:text-right" : "sm:left-2.5",
          loud ? "font-medium text-ink" : "text-ink-3 max-sm:hidden",
        )}
      >
        {lamp.name}
        {lamp.caption && <span className="ml-1.5 font-normal text-ink-3 max-sm:hidden">{lamp.caption}</span>}
      </span>
    </div>
  );
}

const lampLooks = {
  home: "size-3 bg-ink outline outline-1 outline-offset-2 outline-ink",
  cluster: "size-2.5 bg-ink",
  waiting: "size-2.5 bg-busy animate-beacon",
  attention: "size-3 bg-signal",
  idle: "size-2 border-[1.5px] border-ink-3 bg-paper",
} as const satisfies Record<LampKind, string>;

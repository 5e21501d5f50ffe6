"use client";

import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { Button } from "#app/_ui/button.tsx";
import { useAlive } from "#app/_ui/in-browser.ts";

/**
 * Sends its form, once the page is alive. Before that the browser itself would send it, by GET, with all that was typed,
 * passwords too, in the address; a form whose button is disabled is not sent by Enter either.
 */
export function SubmitButton({ disabled, className, ...rest }: Omit<ComponentProps<typeof Button>, "type">) {
  const early = !useAlive();
  return (
    <Button
      type="submit"
      disabled={early || disabled}
      // The moment before is too short to be shown.
      className={clsx(early && !disabled && "disabled:opacity-100!", className)}
      {...rest}
    />
  );
}

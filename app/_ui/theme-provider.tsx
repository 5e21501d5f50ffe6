"use client";

import { ThemeProvider as NextThemes } from "next-themes";
import type { ReactNode } from "react";

/** Light, dark, or what the system says; set before the first paint. */
export function ThemeProvider({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <NextThemes
      attribute="data-theme"
      defaultTheme="system"
      enableSystem
      // The browser hides a nonce from scripts, so the client's copy would differ from the server's.
      nonce={typeof window === "undefined" ? nonce : ""}
      scriptProps={{ suppressHydrationWarning: true }}
    >
      {children}
    </NextThemes>
  );
}

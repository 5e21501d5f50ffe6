"use client";

import dynamic from "next/dynamic";
import { Bone } from "#app/_ui/skeleton.tsx";

/** The editor, fetched by those who come to edit. */
export const LazyEditor = dynamic(() => import("#app/_ui/code-editor.tsx").then((module) => module.CodeEditor), {
  ssr: false,
  loading: () => (
    <div aria-busy="true">
      <span className="sr-only">Loading the editor</span>
      <Bone className="h-96 rounded-lg" />
    </div>
  ),
});

"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { apiChoices } from "../_access/api-choices.tsx";
import type { KeyChoices } from "./key-form-values.ts";
import type { ApiView, KeyView, PolicyView } from "#app/_trpc/views.ts";
import { CheckboxGroup } from "#app/_ui/choice.tsx";
import { QueryView } from "#app/_ui/query-view.tsx";

interface Props {
  policies: UseQueryResult<PolicyView[], unknown>;
  apis: UseQueryResult<ApiView[], unknown>;
  /** What the key has been granted of each API until now. */
  granted: KeyView["apis"];
  chosen: KeyChoices;
  onChoose: (chosen: KeyChoices) => void;
}

const apisText = (number: number) => (number === 1 ? "1 API" : `${number} APIs`);

/** What a key opens: by policies, and by itself. */
export function RightsFields({ policies, apis, granted, chosen, onChoose }: Props) {
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <QueryView query={policies} what="policies">
        {(list) => (
          <CheckboxGroup
            legend="Policies"
            choices={list.map(({ id, name, apis: opened }) => ({
              value: id,
              name,
              aside: apisText(Object.keys(opened).length),
            }))}
            empty="No policies in this environment."
            values={chosen.policies}
            onChange={(values) => onChoose({ ...chosen, policies: values })}
          />
        )}
      </QueryView>
      <QueryView query={apis} what="APIs">
        {(list) => (
          <CheckboxGroup
            legend="APIs"
            choices={apiChoices(list, granted)}
            empty="No APIs in this environment."
            values={chosen.apis}
            onChange={(values) => onChoose({ ...chosen, apis: values })}
          />
        )}
      </QueryView>
    </div>
  );
}

/** Records whole exchanges where an API or an operation asks for it; see record/recording. The first step, so that refusals are in it. */
import { definePlugin } from "#gateway/pipeline/index.ts";

export const recording = definePlugin({
  name: "recording",
  phase: "admit",
  config: ["recording", "auth"],
  compile({ recording: general, auth }, { operation, recorder }) {
    const wanted = operation?.recording ?? general;
    return wanted ? recorder.stepFor(wanted, auth) : undefined;
  },
});

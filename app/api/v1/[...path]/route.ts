import { handleRest } from "#server/rest/handle.ts";

export {
  handleRest as GET,
  handleRest as POST,
  handleRest as PUT,
  handleRest as PATCH,
  handleRest as DELETE,
  handleRest as OPTIONS,
};

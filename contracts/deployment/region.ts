import { z } from "zod";

/** A place where stacks run, as the operator declares it. */
export const region = z.strictObject({
  id: z.string().regex(/^[a-z]{2,3}-[a-z]+-[a-z0-9]+$/, "expected an id such as eu-west-dublin"),
  /** Shown to people: `Dublin`. */
  name: z.string().min(1).max(60),
  /** `Ireland`. */
  place: z.string().min(1).max(60),
  /** Longitude and latitude, degrees. */
  coordinates: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]),
  /** One sentence: where data rests. */
  residency: z.string().min(1).max(300),
  /** What provisions it. */
  target: z.enum(["local"]),
  /** US dollars a month, for the estimate before create. */
  price: z.strictObject({ controlPlane: z.number().min(0), node: z.number().min(0) }),
});
export type Region = z.infer<typeof region>;

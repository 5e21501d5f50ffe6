/** What names a policy at every procedure. */
export interface PolicyInput {
  org: string;
  environment: string;
  policy: string;
}

/** Where an API is: what every procedure about it takes. */
export interface ApiInput {
  org: string;
  environment: string;
  api: string;
}

/** A worker's figures about targets. Counts are since the last time, states are now; what is in order has no row. */
export interface UpstreamFigures {
  targets: TargetFigures[];
  apis: ApiFigures[];
  /** Rows that found no room. */
  droppedRows: number;
}

export interface TargetFigures {
  api: string;
  target: string;
  isEjected: boolean;
  ejections: number;
  /** Operations whose breaker is open for this target. */
  openBreakers: number;
  breakerOpenings: number;
}

export interface ApiFigures {
  api: string;
  retries: number;
  retriesOverBudget: number;
  isPanic: boolean;
  panics: number;
}

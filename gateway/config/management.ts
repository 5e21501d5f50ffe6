/** Why a change was not made. What was there before still is. */
export class ChangeRefused extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export type Reason = "not_found" | "conflict" | "read_only" | "changed_meanwhile" | "invalid";

/** A key as it is listed: neither its secret nor the hash of it. */
export interface ListedKey {
  id: string;
  /** Issued over the admin address; others stand in a file, and are changed there. */
  isIssued: boolean;
  [member: string]: unknown;
}

/** A configuration as it is written, and what it is called by, so that a second writer can be told of the first. */
export interface WrittenConfiguration {
  text: string;
  tag: string;
}

/** What may be changed of a gateway of files while it runs. All of it throws `ChangeRefused`, and is kept through a restart. */
export interface Management {
  /** The file as it stands. */
  written(): WrittenConfiguration;
  /** Serves another text and writes it into the file, or does neither. `ifTag`: only where the file is still that one. */
  rewrite(text: string, ifTag?: string): Promise<WrittenConfiguration>;
  keys(): ListedKey[];
  /** With the key's text, which nothing tells again; undefined where the caller brought a hash. */
  issueKey(request: unknown): Promise<{ key: ListedKey; secret: string | undefined }>;
  /** Another record for the same secret. */
  changeKey(id: string, request: unknown): Promise<ListedKey>;
  withdrawKey(id: string): Promise<void>;
}

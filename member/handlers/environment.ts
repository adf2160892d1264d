/** What handlers take from the member's configuration; replaced as a whole when the configuration changes. */
export interface HandlerEnvironment {
  readonly endpoints: readonly HttpPostEndpoint[];
  /** IDs of the configured kafka clusters; a handler that names another is refused. */
  readonly kafkaClusters: readonly string[];
  /** Posts carry it as `X-Kapacitor-Member`, so that a receiver knows who handled an event; null leaves it out. */
  readonly memberId: string | null;
}

/** One `[[httppost]]`. */
export interface HttpPostEndpoint {
  readonly endpoint: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Used only when both are set. */
  readonly username: string;
  readonly password: string;
  /** Text of `alert-template` or of the file it names; empty for none. */
  readonly alertTemplate: string;
  /** Of a file: 1.5.4 gives those no `json` function. */
  readonly isTemplateFile: boolean;
}

export const emptyEnvironment: HandlerEnvironment = { endpoints: [], kafkaClusters: [], memberId: null };

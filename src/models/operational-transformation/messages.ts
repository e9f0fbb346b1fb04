import type { Edit } from "./operations.ts";

/** From a site to the server. */
export type FromSite = {
  readonly type: "edits";
  /** How many revisions the site has on its disk; the edits are those that it has not got back as revisions, on top of these. */
  readonly revision: number;
  /** From the first such edit on; none if it has nothing to say but how far it is. */
  readonly edits: readonly Edit[];
};

/** From the server to a site. */
export type FromServer = {
  readonly type: "revisions";
  /** The revisions are those that follow the first `after`. */
  readonly after: number;
  readonly revisions: readonly Edit[];
};

/** A POST as it came over the wire. */
export interface Callback {
  tenant: string;
  /** The second path segment, if there is one: the second factor of plain-text mode. */
  pathSecret?: string;
  sourceAddress: string;
  /** UTF-8 text of the body. */
  body: string;
}

/** Follows one connection's bytes, piece by piece, without holding any back. */
export interface Counter {
  upstream(chunk: Buffer): void;
  /** Where in this chunk of an answer something counted begins or ends, as offsets in rising order. */
  downstream(chunk: Buffer): readonly number[];
}

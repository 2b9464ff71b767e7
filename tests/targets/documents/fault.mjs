/** What a caller is told: the status, the kind of fault, and a sentence. */
export class Fault extends Error {
  constructor(status, kind, says, where) {
    super(says);
    this.status = status;
    this.body = { fault: { kind, says, ...(where ? { where } : {}) } };
  }
}

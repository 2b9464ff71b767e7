/** Status and title of each problem code. */
const kinds = {
  malformed_request: [400, 'The request could not be read'],
  not_signed_in: [401, 'Sign in first'],
  api_key_needed: [401, 'An API key is needed'],
  invalid_api_key: [401, 'The API key is not valid'],
  invalid_token: [401, 'The token is not valid'],
  wrong_credentials: [401, 'Wrong e-mail address or password'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'No such resource'],
  unknown_user: [404, 'No such user'],
  unknown_database: [404, 'No such database'],
  unknown_model: [404, 'No such model'],
  unknown_document: [404, 'No such document'],
  unknown_job: [404, 'No such job'],
  method_not_allowed: [405, 'Method not allowed'],
  last_admin: [409, 'There must be an admin'],
  email_taken: [409, 'The e-mail address is taken'],
  duplicate_version: [409, 'That version of the model exists'],
  model_disabled: [409, 'The model is disabled'],
  batch_finished: [409, 'The batch has finished'],
  batch_unfinished: [409, 'The batch has not finished'],
  document_not_ready: [409, 'The document cannot be asked'],
  precondition_failed: [412, 'The resource has changed'],
  body_too_large: [413, 'The body is too large'],
  file_too_large: [413, 'File too large'],
  unsupported_document: [415, 'Unsupported kind of document'],
  unsupported_media_type: [415, 'Unsupported media type'],
  invalid_request: [422, 'The request is not valid'],
  prompt_too_long: [422, "The prompt does not fit the model's context"],
  job_failed: [422, 'The job failed'],
  question_too_long: [422, 'The question is too long for the model'],
  sql_generation_failed: [422, 'No working query was found for the question'],
  rate_limited: [429, 'Too many requests'],
  client_closed_request: [499, 'The client went away'],
  internal_error: [500, 'Internal error'],
  model_bad_response: [502, 'The model server answered badly'],
  model_unavailable: [503, 'The model server is not available'],
  database_unavailable: [503, 'A database is not available'],
  shutting_down: [503, 'The service is stopping'],
  model_timeout: [504, 'The model server took too long'],
  database_timeout: [504, 'A database took too long'],
  database_outcome_unknown: [504, 'Whether it was written is not known'],
  statement_timeout: [504, 'The query took too long'],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemCode = keyof typeof kinds;

/** An RFC 9457 problem without the fields of the request (instance, request_id). */
export type Problem = {
  type: string;
  code: ProblemCode;
  title: string;
  status: number;
  detail: string;
  [extension: string]: unknown;
};

type ProblemOptions = {
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
};

/** An error with its answer for the caller: a problem document and headers. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    const [status, title] = kinds[code];
    this.problem = { type: `urn:plumbline:problem:${code}`, code, title, status, detail, ...options.extra };
    this.headers = options.headers ?? {};
  }
}

/** A 503 or 504 that names a dependency; a 503 has Retry-After. */
export function dependencyProblem(
  code: Extract<ProblemCode, `${'model' | 'database' | 'statement'}_${string}`>,
  dependency: string,
  detail: string,
  options: ProblemOptions & { retryAfterSeconds?: number } = {},
): ProblemError {
  const { retryAfterSeconds = 1, extra, ...rest } = options;
  const headers = kinds[code][0] === 503 ? { 'retry-after': String(retryAfterSeconds) } : {};
  return new ProblemError(code, detail, { ...rest, extra: { dependency, ...extra }, headers });
}

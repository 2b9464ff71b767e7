/** When a route that takes a body and asks a registered model refuses, by status. */
export const askingRefusals = {
  400: 'The body is not JSON',
  401: 'Not signed in',
  404: 'No model is registered or served under that name',
  409: 'The model is disabled',
  413: 'The body is too large',
  415: 'The body is not application/json',
} as const;

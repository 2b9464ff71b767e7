/** A refusal of a model server, as far as it is told. */
export type Refusal = {
  status: number;
  message: string;
  type?: string | null | undefined;
  param?: string | null | undefined;
  code?: string | null | undefined;
};

/** Texts in which servers say that a model is not there: llama.cpp's router, vLLM. */
const unknownModel = /^(?:the )?model [`'"]?.+[`'"]? (?:was |is )?(?:not found|does not exist)/i;
/** Texts in which servers say that a prompt is too long: llama.cpp, vLLM. */
const tooLong = /exceeds? the available context size|maximum context length/i;

/**
 * The same refusal in OpenAI's words: servers that speak its API keep words of their own for what goes wrong, and a
 * number where OpenAI has a name. What nobody knows here stays as it is, without the number.
 */
export function inOpenAiWords(refusal: Refusal): Refusal {
  const { status, message, type, param, code } = refusal;
  const named = code !== undefined && code !== null && !/^\d+$/.test(code) ? code : null;
  if (named === 'model_not_found' || ([400, 404].includes(status) && unknownModel.test(message)))
    return { ...refusal, status: 404, param: 'model', code: 'model_not_found' };
  if (type === 'exceed_context_size_error' || (status === 400 && named === null && tooLong.test(message)))
    return { ...refusal, param: param ?? 'messages', code: 'context_length_exceeded' };
  return { ...refusal, code: named };
}

/** The fields of a model server's refusal that it has sent. */
export type Refusal = {
  status: number;
  message: string;
  type?: string | null | undefined;
  param?: string | null | undefined;
  code?: string | null | undefined;
};

/** Messages of llama.cpp's router and vLLM for an unknown model. */
const unknownModel = /^(?:the )?model [`'"]?.+[`'"]? (?:was |is )?(?:not found|does not exist)/i;
/** Messages of llama.cpp and vLLM for a prompt that is too long. */
const tooLong = /exceeds? the available context size|maximum context length/i;

/**
 * Translates a refusal into OpenAI's error codes: compatible servers have their own messages, and numbers where OpenAI
 * has names. An unknown refusal is kept, without the number.
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

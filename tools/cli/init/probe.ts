import { capabilityNames } from '../../../fixtures/target/profile/capabilities.ts';
import type { ProfileInput } from '../../../fixtures/target/profile/schema.ts';
import { type Ask, asking, exists, refusesKey } from './ask.ts';
import { probeChat } from './chat.ts';
import { capabilitiesIn, type Described, readDocument } from './document.ts';
import type { Found, Part } from './found.ts';
import { carrying, findKeyHeader } from './key.ts';
import { probeHealth, probeMetrics, probeReadiness } from './operations.ts';
import { findShape, sqlIn } from './shape.ts';

/** What the user said about the service. */
export interface Hints {
  readonly name: string;
  readonly key: string | undefined;
  /** Paths of endpoints that are not where OpenAI's are. */
  readonly chat: string | undefined;
  readonly sql: string | undefined;
  /** A question that the service can answer from its databases. */
  readonly question: string | undefined;
}

/** Asks a service what it has. One short answer of a model is all that it costs. */
export async function probe(base: string, hints: Hints): Promise<Found> {
  const plain = asking(base, {});
  await plain('GET', '/');
  const key = await findKeyHeader(base, hints.key, await guarded(plain, hints));
  const ask = asking(base, hints.key === undefined ? {} : carrying(key?.header ?? 'authorization', hints.key));
  const document = await readDocument(ask);
  const described = document ? capabilitiesIn(document) : [];
  const parts: Record<string, Part> = {
    ...(await probeHealth(ask)),
    ...(await probeReadiness(ask)),
    ...(await probeMetrics(ask)),
    ...(await probeChat(ask, hints.chat)),
    ...(await probeSql(ask, hints)),
  };
  const { places, seen } = compose(parts, described, document);
  return {
    key,
    profile: { name: hints.name, ...(key ? { key } : {}), ...places } as ProfileInput,
    seen: [...(key ? [`the key goes in the header ${key.header}`] : []), ...seen],
    guessed: [
      ...Object.values(parts).flatMap(({ guessed }) => guessed ?? []),
      ...(described.length > 0
        ? [
            'what the OpenAPI document lists under the usual paths has the usual fields; what differs, the profile can say',
          ]
        : []),
    ],
  };
}

/** Something that a service with a key guards: several list their models, and tell their health, to everybody. */
async function guarded(ask: Ask, { chat, sql }: Hints): Promise<string> {
  for (const path of [chat, sql, '/v1/chat/completions'])
    if (path !== undefined && (exists(await ask('POST', path, {})) || refusesKey(await ask('POST', path, {}))))
      return `POST ${path}`;
  return 'GET /v1/models';
}

function compose(parts: Record<string, Part>, described: readonly string[], document: Described | undefined) {
  const places: Record<string, unknown> = {};
  for (const name of capabilityNames) {
    const place = parts[name]?.place ?? (described.includes(name) || undefined);
    if (place !== undefined) places[name] = place;
  }
  const more = described.filter((name) => !(name in parts));
  if (document?.version.startsWith('3.1'))
    places['openapi'] = document.path === '/openapi.json' || { paths: { openapi: document.path } };
  return {
    places,
    seen: [
      ...(document
        ? [
            `an OpenAPI ${document.version} document at ${document.path}${more.length > 0 ? `, which lists ${more.join(', ')}` : ''}`,
          ]
        : []),
      ...Object.values(parts).map(({ seen }) => seen),
    ],
  };
}

const questionFields = ['question', 'text', 'query', 'prompt', 'q', 'input', 'message'];

async function probeSql(ask: Ask, { sql, question }: Hints): Promise<Record<string, Part>> {
  if (sql === undefined) return {};
  const asked = { fields: questionFields, value: question ?? 'How many rows are there?', rest: {} };
  const shape = await findShape(ask, sql, asked, sqlIn);
  if (!shape)
    return {
      sql: {
        place: undefined,
        seen: `POST ${sql} gave no SQL with rows to ${JSON.stringify(asked.value)} (--question asks another): left out`,
      },
    };
  const place = { paths: { ask: sql }, request: { question: shape.request }, response: shape.response };
  return {
    sql: {
      place,
      seen: `SQL at POST ${sql}: ${shape.request} is asked, ${Object.values(shape.response).join(' and ')} answered`,
    },
  };
}

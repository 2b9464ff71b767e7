import type { ServerResponse } from 'node:http';
import { type Served, serve } from '../support/http-servers.ts';
import { canaries } from './canaries.ts';
import { ways } from './ways.ts';

const all = Object.values(canaries);

/** Every secret in one of the forms, one a line. */
const secretsAs = (way: string): string => all.map((key) => (ways[way] as (key: string) => string)(key)).join('\n');

/** A service that returns every secret: in one of the forms by its number, in headers, in errors and in names of models. */
export const startEchoing = (): Promise<Served> =>
  serve((request, response) => {
    const [, first = '', second = ''] = (request.url ?? '').split('/');
    const way = Object.keys(ways)[Number(second)];
    if (first === 'broken')
      return answer(response, 500, 'text/plain', `no such key: ${canaries.TARGET_API_KEY} ${secretsAs('as it is')}`);
    if (first === 'login')
      return answer(
        response,
        200,
        'application/json',
        JSON.stringify({ access_token: canaries['a token issued in the run'] }),
      );
    if (first === 'said' && way)
      return answer(response, 200, way.includes('events') ? 'text/event-stream' : 'text/plain', secretsAs(way));
    if (request.url === '/v1/models') {
      const data = [canaries.TARGET_API_KEY, canaries.MODEL_SERVER_API_KEY].map((key) => ({
        id: `echo-${key}`,
        object: 'model',
      }));
      return answer(response, 200, 'application/json', JSON.stringify({ object: 'list', data }));
    }
    if (request.url === '/health')
      return answer(response, 200, 'application/json', JSON.stringify({ status: 'ok', key: secretsAs('as it is') }));
    answer(
      response,
      400,
      'application/json',
      JSON.stringify({ error: { message: `Bad key ${secretsAs('as it is')}`, code: 'model' } }),
    );
  });

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  const echoed = encodeURIComponent(canaries.TARGET_API_KEY);
  response.writeHead(status, {
    'content-type': type,
    location: `/next?for=${echoed}`,
    'x-was': canaries.MODEL_SERVER_API_KEY,
  });
  response.end(body);
}

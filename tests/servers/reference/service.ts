import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { buildApp } from '../../../servers/reference/app.ts';
import { readConfig } from '../../../servers/reference/config.ts';
import { createLogger } from '../../../servers/reference/logging/logger.ts';

type Options = {
  /** Name to connection string. */
  databases: Record<string, string>;
  modelUrl: string;
  settings?: Record<string, string>;
};

/** The reference service in this process, listening, with its log in memory. */
export async function startService({ databases, modelUrl, settings = {} }: Options) {
  const config = readConfig({
    MODEL_SERVER_URL: modelUrl,
    SQL_DATABASES: JSON.stringify(databases),
    LOG_LEVEL: 'debug',
    ...settings,
  });
  const log: string[] = [];
  const { app, lifecycle } = await buildApp(
    config,
    createLogger(config, (line) => log.push(line)),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const post = (body: unknown, init: RequestInit = {}) =>
    fetch(`${url}/api/v1/sql`, {
      method: 'POST',
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
      body: JSON.stringify(body),
    });
  return {
    url,
    log,
    lifecycle,
    post,
    /** Sends a request and reads the whole response, an event stream as its events. */
    async ask(body: object, init?: RequestInit) {
      const response = await post(body, init);
      const text = await response.text();
      const stream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
      return {
        status: response.status,
        headers: response.headers,
        text,
        body: stream ? undefined : JSON.parse(text),
        events: stream ? eventsOf(text) : [],
      };
    },
    async metric(line: string): Promise<number> {
      const text = await (await fetch(`${url}/metrics`)).text();
      const found = text.split('\n').find((sample) => sample.startsWith(`${line} `));
      return Number(found?.split(' ').at(-1) ?? 0);
    },
    async [Symbol.asyncDispose]() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

function eventsOf(text: string) {
  const events: { id: string | undefined; name: string | undefined; data: Record<string, unknown> }[] = [];
  const onEvent = ({ id, event, data }: EventSourceMessage) => events.push({ id, name: event, data: JSON.parse(data) });
  createParser({ onEvent }).feed(text);
  return events;
}

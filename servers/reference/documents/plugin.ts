import multipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ProblemError } from '../errors/problem.ts';
import { problemResponses } from '../errors/schema.ts';
import type { Capability } from '../services.ts';
import { acceptDocument, indexKind } from './accept.ts';
import { createEmbedder } from './embed.ts';
import { indexWork } from './index-job.ts';
import { removeDocument } from './remove.ts';
import { type DocumentRow, documentRows } from './rows.ts';
import { documentList, documentOf, documentSchema, listQuery, uploaded, uploadedOf } from './schemas.ts';
import { readForm } from './upload.ts';

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
});
const params = z.object({ id: z.uuid() });
const guarded = { 401: 'No access token, or one that is not valid' };
const one = { ...guarded, 404: 'No such document, or one that is not yours', 422: 'The id is not a UUID' };

/** Uploading, listing, sharing and deleting the documents that questions are answered from. */
export const documentCapability: Capability = async (app, services) => {
  const { auth, config, jobs, platform, vectors, cache } = services;
  const { knex } = platform;
  const documents = documentRows(knex);
  const logger = app.log;
  const embedder = await createEmbedder({ ...services, vectors, knex, documents, logger });
  await jobs.work(
    indexKind,
    config.DOCUMENT_CONCURRENCY,
    indexWork({ config, knex, documents, logger, embed: embedder.embed, embedLater: embedder.embedLater }),
  );

  await app.register(async (scoped) => {
    await scoped.register(multipart);
    const api = scoped.withTypeProvider<ZodTypeProvider>();
    const tags = ['documents'];

    const readable = async ({ user }: FastifyRequest, id: string): Promise<DocumentRow> => {
      const row = user.role === 'admin' ? await documents.find(id) : await documents.findReadable(user.id, id);
      if (!row) throw new ProblemError('unknown_document', `There is no document ${id} for you.`);
      return row;
    };

    api.post(
      '/api/v1/documents',
      {
        preHandler: auth.requireUser,
        schema: {
          tags,
          summary: 'Upload a document, which is then indexed by a job',
          operationId: 'uploadDocument',
          description:
            'A form (multipart/form-data) with the file in `file` (PDF or UTF-8 text) and, optionally, `scope`: ' +
            '`private` (the default) or `shared`, which needs an admin.',
          consumes: ['multipart/form-data'],
          response: {
            200: json('The same bytes were there already', uploaded),
            202: json('Accepted; the job indexes it', uploaded),
            ...problemResponses({
              ...guarded,
              400: 'The form cannot be read, or broke off',
              403: 'Only an admin may share a document',
              413: 'The file is too large',
              415: 'Not a form, or neither PDF nor text',
              422: 'A field is not valid (`errors` names it)',
            }),
          },
        },
      },
      async (request, reply) => {
        const { file, scope } = await readForm(request, config.DOCUMENT_MAX_BYTES);
        await using _ = file;
        const { row, jobId, duplicate } = await acceptDocument(knex, jobs, {
          file,
          ownerId: request.user.id,
          scope,
          async written(id, trx) {
            if (scope === 'shared') await auth.audit(request, 'document.share', id, { name: file.name }, trx);
          },
        });
        return reply.code(duplicate ? 200 : 202).send(uploadedOf(row, jobId, duplicate));
      },
    );

    api.get(
      '/api/v1/documents',
      {
        preHandler: auth.requireUser,
        schema: {
          tags,
          summary: 'Your documents and the shared ones, the latest first',
          operationId: 'listDocuments',
          querystring: listQuery,
          response: {
            200: json('A page of them', documentList),
            ...problemResponses({ ...guarded, 422: 'A parameter is not valid' }),
          },
        },
      },
      async ({ user, query: { limit, offset } }) => {
        const [rows, total] = await Promise.all([documents.list(user.id, limit, offset), documents.count(user.id)]);
        return { items: rows.map((row) => documentOf(row as DocumentRow)), total, limit, offset };
      },
    );

    api.get(
      '/api/v1/documents/:id',
      {
        preHandler: auth.requireUser,
        schema: {
          tags,
          summary: 'One document',
          operationId: 'readDocument',
          params,
          response: { 200: json('The document', documentSchema), ...problemResponses(one) },
        },
      },
      async (request) => documentOf(await readable(request, request.params.id)),
    );

    api.delete(
      '/api/v1/documents/:id',
      {
        preHandler: auth.requireUser,
        schema: {
          tags,
          summary: 'Delete a document, its text, its index and the cached answers that quote it',
          operationId: 'deleteDocument',
          params,
          response: {
            204: z.undefined().describe('Deleted'),
            ...problemResponses({ ...one, 403: 'Only its owner or an admin may delete it' }),
          },
        },
      },
      async (request, reply) => {
        const row = await readable(request, request.params.id);
        if (row.owner_id !== request.user.id && request.user.role !== 'admin')
          throw new ProblemError('forbidden', 'Only its owner or an admin may delete a document.');
        await removeDocument(row.id, { knex, jobs, cache, forget: embedder.forget });
        if (request.user.role === 'admin') await auth.audit(request, 'document.delete', row.id, { name: row.name });
        return reply.code(204).send();
      },
    );
  });
};

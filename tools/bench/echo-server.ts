// The peer of the HTTP bench, in a process of its own: a bare Fastify that checks a body against a JSON schema and sends
// it back, filled up to the size of a session request. Prints its port.
import Fastify from 'fastify';

const text = { type: 'string' } as const;
const schema = {
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['with', 'startsAt', 'endsAt'],
    properties: {
      with: { ...text, minLength: 1, maxLength: 64 },
      startsAt: { ...text, format: 'date-time' },
      endsAt: { ...text, format: 'date-time' },
      note: { ...text, maxLength: 2000 },
    },
  },
  response: {
    201: {
      type: 'object',
      properties: { with: text, startsAt: text, endsAt: text, note: text, filling: text },
    },
  },
} as const;

const filling = 'x'.repeat(Number(process.argv[2] ?? 0));

const server = Fastify();
server.post('/echo', { schema }, async (request, reply) => {
  reply.status(201);
  return { ...(request.body as object), filling };
});
console.log(new URL(await server.listen({ port: 0, host: '127.0.0.1' })).port);

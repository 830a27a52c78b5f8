import { applyDecorators } from '@nestjs/common';
import { RouteConfig, RouteSchema } from '@nestjs/platform-fastify';
import type { ProblemCode, ShapeClass } from '@hse/contracts/http';
import type { Scope } from './administration/scopes.ts';

/** What the documentation says of a route, and what its requests are validated against. */
export interface Operation {
  readonly id: string;
  readonly tag:
    | 'Session requests'
    | 'Participants'
    | 'Notifications'
    | 'Live updates'
    | 'Clock'
    | 'Administration'
    | 'Operation';
  /** Not for participants: needs an access token with this scope, and no session of a browser does. */
  readonly scope?: Scope;
  readonly summary: string;
  readonly description?: string;
  readonly query?: ShapeClass;
  /** `optional`: no body is the same as `{}`. */
  readonly body?: { readonly shape: ShapeClass; readonly optional?: boolean };
  /** Needs, or takes, the ETag that was seen. */
  readonly ifMatch?: boolean | 'optional';
  /** Takes the id of the last event. */
  readonly lastEventId?: boolean;
  readonly answer: {
    readonly status: number;
    readonly description: string;
    /** Another status with the same answer. */
    readonly also?: { readonly status: number; readonly description: string };
    /** Absent where the answer is no JSON of a declared shape. */
    readonly shape?: ShapeClass;
    readonly mediaType?: string;
    readonly etag?: boolean;
    readonly location?: boolean;
  };
  /** Besides those that any route of its kind can answer with. */
  readonly problems?: readonly ProblemCode[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly operation?: Operation;
  }
}

/** The name of a shape; the validator looks its schema up. */
export interface ShapeReference {
  readonly $ref: string;
  readonly optional?: boolean;
}

const referenceTo = (shape: ShapeClass, optional = false): ShapeReference => ({
  $ref: shape.name,
  ...(optional && { optional }),
});

/** Declares a route to Fastify, which validates by it, and to the documentation, which shows the same. */
export const Describe = (operation: Operation): MethodDecorator =>
  applyDecorators(
    RouteConfig({ operation }),
    RouteSchema({
      ...(operation.query && { querystring: referenceTo(operation.query) }),
      ...(operation.body && { body: referenceTo(operation.body.shape, operation.body.optional) }),
    }),
  );

export interface Route {
  readonly methods: readonly string[];
  /** Fastify's form: `/api/v1/session-requests/:id`. */
  readonly url: string;
  readonly operation?: Operation;
}

/** The routes of the application as Fastify registered them. */
export class RouteTable {
  readonly #routes: { route: Route; form: RegExp }[] = [];

  get routes(): readonly Route[] {
    return this.#routes.map(({ route }) => route);
  }

  add(route: Route): void {
    const form = route.url
      .split('/')
      .map((part) =>
        part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('/');
    this.#routes.push({ route, form: new RegExp(`^${form}$`) });
  }

  /** The methods that the resource at this address knows; empty when there is none. */
  methodsAt(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const methods = this.#routes.filter(({ form }) => form.test(path)).flatMap(({ route }) => route.methods);
    return [...new Set(methods)].sort();
  }
}

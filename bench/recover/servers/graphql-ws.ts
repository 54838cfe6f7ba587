import { execute, GraphQLBoolean, GraphQLObjectType, GraphQLSchema, subscribe, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { Serve } from './serve.ts';

const alive = {
  type: GraphQLBoolean,
  subscribe: () => once(true),
  resolve: (value: boolean) => value,
};
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { alive } }),
  subscription: new GraphQLObjectType({ name: 'Subscription', fields: { alive } }),
});

export const serve: Serve = (http) => {
  // The functions, too: a schema is good for that copy of graphql alone that it was made with.
  useServer({ schema, execute, subscribe, validate }, new WebSocketServer({ server: http }));
};

/** Gives the value at once, and ends with the subscription. A generator that waits could not be ended. */
function once<T>(value: T): AsyncIterableIterator<T> {
  let end = () => {};
  const ended = new Promise<IteratorResult<T>>((resolve) => {
    end = () => resolve({ value: undefined, done: true });
  });
  let isGiven = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (isGiven) return ended;
      isGiven = true;
      return { value, done: false };
    },
    async return() {
      end();
      return ended;
    },
  };
}

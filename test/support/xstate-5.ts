/** XState 5, for the tests of packages that have an XState of their own beside them. */
export * from 'xstate';

import type { Order, OrderMap, Said } from './worker.ts';

/** The other end of a `Worker`: carries out what it is asked, each order by its name. Gives the way to tell news. */
export function obey<Orders extends OrderMap, News>(orders: Orders): (news: News) => void {
  process.on('message', ({ ticket, name, args }: Order) => {
    const work = async () => orders[name]?.(...args);
    work().then(
      (result) => say({ type: 'answer', ticket, result }),
      (error: unknown) => say({ type: 'failed', ticket, message: String(error) }),
    );
  });
  // Whatever becomes of the one who asks, this process does not outlive it.
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches the whole terminal; the one who asks decides when this process ends.
  process.on('SIGINT', () => {});
  return (news) => say({ type: 'news', news });
}

function say(said: Said): void {
  if (process.connected) process.send?.(said);
}

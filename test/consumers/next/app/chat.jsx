'use client';

import { useEffect, useState, useSyncExternalStore } from 'react';
import { connection } from './connection.js';

export function Chat() {
  const { state } = useSyncExternalStore(connection.subscribe, connection.getStatus, connection.getStatus);
  const [lines, setLines] = useState([]);
  useEffect(() => {
    const subscription = connection
      .on('message:new')
      .subscribe(({ from, text }) => setLines((before) => [...before, `${from}: ${text}`].slice(-100)));
    return () => subscription.unsubscribe();
  }, []);
  return (
    <>
      <p role="status">{state}</p>
      {state === 'idle' && (
        <button type="button" onClick={() => connection.connect('alice')}>
          Sign in
        </button>
      )}
      {state === 'connected' && (
        <button type="button" onClick={() => connection.send('message:send', { text: 'hello' })}>
          Say hello
        </button>
      )}
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

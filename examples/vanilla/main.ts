import '../shared/style.css';
import { words } from '../shared/words.ts';
import { banner$, connection, posts$, signIn, signOut } from './connection.ts';

const status = byId('status');
const signInForm = byId('sign-in');
const chat = byId('chat');
const messages = byId('messages');
const sent = byId('sent');
const name = byId<HTMLInputElement>('name');
const text = byId<HTMLInputElement>('text');

banner$.subscribe((shown) => {
  status.textContent = words(shown);
});

connection.subscribe(() => {
  const isSignedIn = connection.getStatus().state !== 'idle';
  signInForm.hidden = isSignedIn;
  chat.hidden = !isSignedIn;
});

posts$.subscribe((posts) => {
  messages.replaceChildren(...posts.map((post) => item(`${post.from}: ${post.text}`)));
});

signInForm.addEventListener('submit', (event) => {
  event.preventDefault();
  signIn(name.value);
});

byId('sign-out').addEventListener('click', () => {
  signOut();
  sent.replaceChildren();
});

byId('send').addEventListener('submit', (event) => {
  event.preventDefault();
  const said = text.value;
  const delivery = connection.send('message:send', { text: said });
  const line = item('');
  delivery.state$.subscribe((state) => {
    line.textContent = `${said} (${state})`;
  });
  sent.append(line);
  if (sent.children.length > 5) sent.firstChild?.remove();
  text.value = '';
});

function item(content: string): HTMLLIElement {
  const made = document.createElement('li');
  made.textContent = content;
  return made;
}

function byId<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** The page that `localInspector()` serves in Node: the same panel, told over the wire what happens. */
import type { Report } from '../report.ts';
import { Panel } from '../view/panel.ts';

const main = document.querySelector('main') as HTMLElement;
const gone = document.querySelector('#gone') as HTMLElement;
let panel = mount();

const events = new EventSource('events');
events.addEventListener('message', ({ data }) => panel.show(JSON.parse(data) as Report));
// Another run of the program: what is on the page belongs to the one before.
events.addEventListener('another-run', () => {
  panel.close();
  panel = mount();
});
events.addEventListener('open', () => {
  gone.hidden = true;
});
events.addEventListener('error', () => {
  gone.hidden = false;
});

function mount(): Panel {
  const made = new Panel(document, { trace: traceOf });
  main.append(made.element);
  return made;
}

async function traceOf(connection: string): Promise<unknown> {
  const response = await fetch(`trace?connection=${encodeURIComponent(connection)}`);
  return response.ok ? response.json() : undefined;
}

import { localInspector } from 'holdfast/inspect';
import { render } from 'lit';
import { startApp } from './app.ts';
import { pagePart } from './parts/page.ts';

const chart = document.createElement('div');
chart.className = 'chart';

const { view$, acts } = startApp(localInspector({ into: chart }));
const page = document.getElementById('page') as HTMLElement;
view$.subscribe((view) => render(pagePart(view, acts, chart), page));

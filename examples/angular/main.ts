import '../shared/style.css';
import { bootstrapApplication } from '@angular/platform-browser';
import { AppRoot } from './app-root.ts';

await bootstrapApplication(AppRoot);

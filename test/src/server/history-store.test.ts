import { describe } from 'vitest';
import { memoryHistory } from '../../../src/server/index.ts';
import { bounds, historyConformance } from '../../support/history-conformance.ts';

const inMemory = memoryHistory(bounds);

describe('memoryHistory', () => historyConformance(inMemory, inMemory));

import { inOnePart } from '../golden-pipelines.ts';
import { windowed } from '../stateful-pipelines.ts';
import { testModes } from './test-modes.ts';

testModes(inOnePart, [windowed]);

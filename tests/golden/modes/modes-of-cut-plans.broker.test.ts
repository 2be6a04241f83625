import { inSeveralParts } from '../golden-pipelines.ts';
import { cutTwice } from '../script-pipelines.ts';
import { testModes } from './test-modes.ts';

testModes(inSeveralParts, [cutTwice]);
